"""How changes of outlines, contents and files are undone."""

from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q

from activity import undo_registry
from activity.undo_registry import Change, Question, Right, UndoTable, always
from content import permissions
from content.cache import media_key
from content.models import (
    ContentItem,
    ContentVersion,
    ItemDraft,
    LearningPath,
    Lesson,
    LessonDraft,
    LessonItem,
    LessonVersion,
    MediaAsset,
    MediaUse,
    Module,
    PathPrerequisite,
    PathStep,
    VideoAsset,
)
from content.path_checks import blocking, find_problems
from content.path_refusals import NotReady, PathRefused
from content.services import items, media, outline, paths
from content.services.items import ContentRefused
from content.services.media import StillShown
from content.services.ordering import arrange
from content.services.outline import OutlineRefused
from content.services.replacing import items_showing
from content.signals import path_steps_changed
from courses.cache import bump_catalogue_version
from courses.undoing import course_rights, lock_courses, rights_by
from users.models import Permission
from users.permissions import holds

PLACES = frozenset({"position"})


#: Those of the lessons' courses.
lesson_rights = rights_by(Permission.COURSE_EDIT, through=Lesson.objects.all())


def item_rights(user, ids: set[UUID]) -> Question:
    return _rights_in(user, ContentItem, permissions.items_of, ids)


def media_rights(user, ids: set[UUID]) -> Question:
    return _rights_in(user, MediaAsset, permissions.media_of, ids)


def video_rights(user, ids: set[UUID]) -> Question:
    return _rights_in(user, VideoAsset, permissions.videos_of, ids)


def _rights_in(user, model, scope, ids) -> Question:
    """One's own rows may be changed; who made a row that is gone may make it again."""
    if user.is_admin:
        return always(Right.OWN)
    gone = Right.CHANGE if holds(user, Permission.COURSE_CREATE) else Right.NONE

    def answer(key, is_there, is_mine):
        return Right.CHANGE if is_mine else Right.NONE if is_there else gone

    rows = model.objects.filter(pk__in=ids)
    return Question(answer, (rows, scope(user, rows)))


def lock_lessons(ids: Iterable[UUID]) -> None:
    rows = Lesson.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def lock_items(ids: Iterable[UUID]) -> None:
    rows = ContentItem.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def trash_part_of(model):
    """Put a module or lesson in the trash by its id."""

    def trash(row_id, *, by, now):
        outline.trash_part(model.objects.get(pk=row_id), by=by, now=now)

    return trash


def trash_item(row_id, *, by, now):
    items.trash_item(ContentItem.objects.get(pk=row_id), by=by, now=now)


def trash_media(row_id, *, by, now):
    """A file that only earlier versions show stays in the library for their sake."""
    asset = MediaAsset.objects.get(pk=row_id)
    if items_showing(asset).exists() or not asset.uses.exists():
        media.trash_media(asset, by=by, now=now)


def after_modules(changes: list[Change], *, by, now) -> None:
    for course_id in _parents(changes, "course_id"):
        arrange(Module.objects.live().filter(course=course_id))


def after_lessons(changes: list[Change], *, by, now) -> None:
    for module_id in _parents(changes, "module_id"):
        arrange(Lesson.objects.live().filter(module=module_id))


def after_lesson_items(changes: list[Change], *, by, now) -> None:
    for lesson_id in _parents(changes, "lesson_id"):
        arrange(LessonItem.objects.filter(lesson=lesson_id))


def _parents(changes, column):
    """What the rows that went away again were sorted in."""
    return sorted({change.after[column] for change in changes if change.operation == "INSERT"})


def after_items(changes: list[Change], *, by, now) -> None:
    """What is shown is prepared anew: a title stands in it, and the log does not keep it."""
    wanted = ContentItem.objects.filter(pk__in={change.row_id for change in changes})
    items.refresh_html(wanted.select_related("current_version"))


def after_videos(changes: list[Change], *, by, now) -> None:
    videos = {change.row_id for change in changes}
    items.refresh_html(ContentItem.objects.filter(current_version__video__in=videos))


def after_media(changes: list[Change], *, by, now) -> None:
    keys = [media_key(change.row_id) for change in changes]
    transaction.on_commit(lambda: cache.delete_many(keys))


def path_rights(user, ids: set[UUID]) -> Question:
    """Of authors on their own paths, and of admins."""
    return _rights_in(user, LearningPath, _own_paths, ids)


def _own_paths(user, rows):
    return rows.owned_by(user)


def lock_paths(ids: Iterable[UUID]) -> None:
    rows = LearningPath.objects.filter(pk__in=ids).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def trash_path(row_id, *, by, now):
    paths.trash_path(LearningPath.objects.get(pk=row_id), by=by, now=now)


def after_paths(changes: list[Change], *, by, now) -> None:
    """Make anew what is derived, and let a published path be one that people can go."""
    moved = {change.row_id for change in changes if "status" in (change.after or {})}
    for path in LearningPath.objects.filter(pk__in={change.row_id for change in changes}):
        paths.render_description(path)
        path.save(update_fields=["description_html"])
        is_open = path.status == LearningPath.Status.PUBLISHED and path.deleted_at is None
        if path.pk in moved and is_open and (problems := blocking(find_problems(path))):
            raise NotReady(problems)
    bump_catalogue_version()


def after_steps(changes: list[Change], *, by, now) -> None:
    """The steps are numbered without gaps, and everybody's progress is counted anew."""
    gone = {change.values["path_id"] for change in changes if "path_id" in change.values}
    there = Q(steps__in=[change.row_id for change in changes])
    for path in LearningPath.objects.filter(there | Q(pk__in=gone)).distinct().order_by("pk"):
        arrange(PathStep.objects.filter(path=path))
        path_steps_changed.send(sender=LearningPath, path=path, at=now)
    bump_catalogue_version()


def after_path_prerequisites(changes: list[Change], *, by, now) -> None:
    """No circle closes by what comes back."""
    paths.one_at_a_time()
    for path_id in sorted({change.values["path_id"] for change in changes}):
        links = PathPrerequisite.objects.filter(path=path_id)
        wanted = set(links.values_list("required_path", flat=True))
        paths.check_path_prerequisites(UUID(path_id), wanted)
    bump_catalogue_version()


refusals = (ContentRefused, OutlineRefused, StillShown)
of_course = {
    "key": "course_id",
    "rights": course_rights,
    "lock": lock_courses,
    "places": PLACES,
    "refusals": refusals,
}
register = undo_registry.register
register(UndoTable(model=Module, **of_course, trash=trash_part_of(Module), after=after_modules))
register(UndoTable(model=Lesson, **of_course, trash=trash_part_of(Lesson), after=after_lessons))
register(
    UndoTable(
        model=LessonItem,
        key="lesson_id",
        rights=lesson_rights,
        lock=lock_lessons,
        places=PLACES,
        uses=frozenset({"item_id", "pinned_version_id"}),
        after=after_lesson_items,
    )
)
register(
    UndoTable(
        model=ContentItem,
        rights=item_rights,
        lock=lock_items,
        trash=trash_item,
        after=after_items,
        refusals=refusals,
    )
)
register(
    UndoTable(
        model=MediaAsset,
        rights=media_rights,
        files=("file",),
        trash=trash_media,
        after=after_media,
        refusals=refusals,
    )
)
register(UndoTable(model=VideoAsset, rights=video_rights, after=after_videos))
of_path = {
    "key": "path_id",
    "rights": path_rights,
    "lock": lock_paths,
    "refusals": (PathRefused,),
}
register(
    UndoTable(
        model=LearningPath,
        rights=path_rights,
        lock=lock_paths,
        derived=frozenset({"description_html"}),
        files=("thumbnail",),
        trash=trash_path,
        after=after_paths,
        refusals=(PathRefused,),
    )
)
register(
    UndoTable(
        model=PathStep,
        **of_path,
        places=PLACES,
        uses=frozenset({"course_id"}),
        after=after_steps,
    )
)
register(
    UndoTable(
        model=PathPrerequisite,
        **of_path,
        uses=frozenset({"required_path_id"}),
        after=after_path_prerequisites,
    )
)
undo_registry.register_history(ContentVersion, of="item_id")
undo_registry.register_history(MediaUse, of="version_id")
undo_registry.register_history(LessonVersion, of="lesson_id")
for draft in (ItemDraft, LessonDraft):  # what they said is in a version once it is published
    undo_registry.register_consequence(draft)
