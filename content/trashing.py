"""The trash of modules, lessons, contents and files."""

from collections.abc import Iterator

from django.db.models import Case, Count, F, Q, Value, When
from django.utils.translation import ngettext

from activity.trash_registry import Dependent, TrashKind, register, register_dependents
from content import permissions
from content.models import (
    ContentItem,
    LearningPath,
    Lesson,
    LessonItem,
    MediaAsset,
    MediaUse,
    Module,
    PathPrerequisite,
    PathStep,
)
from content.path_refusals import PathRefused
from content.services import items, media, outline, paths
from content.services.items import ContentRefused
from content.services.media import StillShown
from content.services.outline import OutlineRefused
from content.services.trash import KeptInTrash, purge_row
from courses.models import Course
from users.models import Permission


def modules_of(user):
    return Module.objects.filter(course__in=_edited(user))


def lessons_of(user):
    return Lesson.objects.filter(course__in=_edited(user))


def items_of(user):
    return ContentItem.objects.all() if _is_admin(user) else permissions.items_of(user)


def media_of(user):
    return MediaAsset.objects.all() if _is_admin(user) else permissions.media_of(user)


def paths_of(user):
    return LearningPath.objects.owned_by(user)


def _is_admin(user):
    return user.is_authenticated and user.is_admin


def _edited(user):
    """Also a course that lies in the trash itself."""
    return Course.objects.permitted_to(user, Permission.COURSE_EDIT)


def admins_alone(user, row) -> bool:
    """Nothing brings it back."""
    return _is_admin(user)


def parent_of_module(module):
    return ("course", module.course) if module.course.deleted_at else None


def parent_of_lesson(lesson):
    return ("module", lesson.module) if lesson.module.deleted_at else parent_of_module(lesson)


COURSE_IN_TRASH = When(course__deleted_at__isnull=False, then=F("course__title"))
MODULE_IN_TRASH = When(module__deleted_at__isnull=False, then=F("module__title"))


def lessons_in(module) -> Iterator[Dependent]:
    count = module.lessons.live().count()
    if count:
        yield Dependent(ngettext("%(num)d lesson", "%(num)d lessons", count) % {"num": count})


def parts_of_course(course) -> Iterator[Dependent]:
    counted = course.modules.live().aggregate(
        modules=Count("pk", distinct=True),
        lessons=Count("lessons", filter=Q(lessons__deleted_at=None)),
    )
    if count := counted["modules"]:
        yield Dependent(ngettext("%(num)d module", "%(num)d modules", count) % {"num": count})
    if count := counted["lessons"]:
        yield Dependent(ngettext("%(num)d lesson", "%(num)d lessons", count) % {"num": count})


def shown_in_lessons(item) -> Iterator[Dependent]:
    """Each place by name; they are what stands in the way."""
    for entry in LessonItem.objects.filter(item=item).select_related("lesson__course")[:10]:
        lesson = entry.lesson
        yield Dependent(f"{lesson.course.title} · {lesson.title}", lesson.get_absolute_url())


def items_in(lesson) -> Iterator[Dependent]:
    count = lesson.items.count()
    if count:
        text = ngettext(
            "%(num)d content item, which stays in the library",
            "%(num)d content items, which stay in the library",
            count,
        )
        yield Dependent(text % {"num": count})


def shown_in_items(asset) -> Iterator[Dependent]:
    uses = MediaUse.objects.filter(media=asset).values("version__item__title").distinct()
    for use in uses.order_by("version__item__title")[:10]:
        yield Dependent(use["version__item__title"])


def steps_of_paths(course) -> Iterator[Dependent]:
    """Each path by name; its page cannot lead people on without the course."""
    steps = PathStep.objects.filter(course=course, path__deleted_at=None).select_related("path")
    for step in steps.order_by("path__title")[:10]:
        yield Dependent(step.path.title, step.path.get_absolute_url())


def paths_that_wait(path) -> Iterator[Dependent]:
    links = PathPrerequisite.objects.filter(required_path=path, path__deleted_at=None)
    if count := links.count():
        text = ngettext(
            "%(num)d path that asks for it first", "%(num)d paths that ask for it first", count
        )
        yield Dependent(text % {"num": count})


SHARED = {
    "purge": purge_row,
    "can_purge": admins_alone,
    "refusals": (ContentRefused, OutlineRefused, StillShown, KeptInTrash),
}
register(
    TrashKind(
        name="lesson",
        model=Lesson,
        icon="file-text",
        rows=lessons_of,
        put=outline.trash_part,
        restore=outline.restore_part,
        of=F("course__title"),
        parent=parent_of_lesson,
        parent_title=Case(MODULE_IN_TRASH, COURSE_IN_TRASH, default=Value("")),
        **SHARED,
    )
)
register(
    TrashKind(
        name="module",
        model=Module,
        icon="outline",
        rows=modules_of,
        put=outline.trash_part,
        restore=outline.restore_part,
        of=F("course__title"),
        parent=parent_of_module,
        parent_title=Case(COURSE_IN_TRASH, default=Value("")),
        **SHARED,
    )
)
register(
    TrashKind(
        name="item",
        model=ContentItem,
        icon="package",
        rows=items_of,
        put=items.trash_item,
        restore=items.restore_item,
        **SHARED,
    )
)
register(
    TrashKind(
        name="media",
        model=MediaAsset,
        icon="image",
        rows=media_of,
        put=media.trash_media,
        restore=media.restore_media,
        **SHARED,
    )
)
register(
    TrashKind(
        name="path",
        model=LearningPath,
        icon="map",
        rows=paths_of,
        put=paths.trash_path,
        restore=paths.restore_path,
        **SHARED | {"refusals": (PathRefused, KeptInTrash)},
    )
)
register_dependents("course", parts_of_course)
register_dependents("course", steps_of_paths)
register_dependents("path", paths_that_wait)
register_dependents("module", lessons_in)
register_dependents("lesson", items_in)
register_dependents("item", shown_in_lessons)
register_dependents("media", shown_in_items)
