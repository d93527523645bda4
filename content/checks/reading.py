"""A course as the checks read it: all modules, lessons and items, drafts in place of what they will replace."""

from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from content.models import ContentItem, ItemDraft, Lesson, LessonItem, Module, VideoAsset
from content.resolving import known_references, media_by_version
from content.services.items import ContentRefused, check_version, preview
from courses.models import Course
from courses.preflight import Finding, Level


@dataclass(slots=True)
class ReadItem:
    """An item at its place: what it shows, or why it cannot be shown. `is_draft` while students see something else."""

    id: UUID
    kind: str
    title: str
    lesson: "ReadLesson"
    body: str = ""
    html: str = ""
    video: VideoAsset | None = None
    is_draft: bool = False
    is_unwritten: bool = False
    refusal: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.is_draft or self.lesson.is_waiting


@dataclass(slots=True)
class ReadLesson:
    """A lesson that is not in the trash; `is_waiting` while students do not see it."""

    id: UUID
    slug: str
    title: str
    row: Lesson
    is_waiting: bool
    items: list[ReadItem] = field(default_factory=list)


@dataclass(slots=True)
class ReadModule:
    id: UUID
    title: str
    row: Module
    lessons: list[ReadLesson] = field(default_factory=list)


@dataclass
class ReadCourse:
    """The course with its modules in order, and the lessons of the trash by their short names."""

    course: Course
    modules: list[ReadModule]
    trashed: dict[str, str]

    @cached_property
    def lessons(self) -> list[ReadLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]

    @cached_property
    def items(self) -> list[ReadItem]:
        return [item for lesson in self.lessons for item in lesson.items]

    @cached_property
    def by_slug(self) -> dict[str, ReadLesson]:
        return {lesson.slug: lesson for lesson in self.lessons}

    def about_course(self, level: Level, code: str, text: str) -> Finding:
        """A finding that is mended in the outline."""
        return Finding(
            level, code, text, reverse("content:studio_outline", args=[self.course.slug])
        )

    def about_module(self, level: Level, code: str, text: str, module: ReadModule) -> Finding:
        url = reverse("content:studio_outline", args=[self.course.slug])
        return Finding(level, code, text, f"{url}#module-{module.id}", module.row.is_draft)

    def about_lesson(self, level: Level, code: str, text: str, lesson: ReadLesson) -> Finding:
        url = reverse("content:studio_lesson", args=[self.course.slug, lesson.id])
        return Finding(level, code, text, url, lesson.is_waiting)

    def about_item(self, level: Level, code: str, text: str, item: ReadItem) -> Finding:
        url = reverse("content:studio_item", args=[self.course.slug, item.lesson.id, item.id])
        return Finding(level, code, text, url, item.is_waiting)


def read_course(course: Course) -> ReadCourse:
    """Six statements; each unpublished text is rendered."""
    modules = {
        module.pk: ReadModule(module.pk, module.title, module)
        for module in Module.objects.live().filter(course=course).order_by("position")
    }
    lessons: dict[UUID, ReadLesson] = {}
    trashed = {}
    rows = Lesson.objects.filter(course=course).select_related("draft").order_by("position")
    for row in rows:
        if row.deleted_at is not None or row.module_id not in modules:
            trashed[row.slug] = row.title
            continue
        module = modules[row.module_id]
        draft = getattr(row, "draft", None)
        title = draft.changes.get("title", row.title) if draft else row.title
        is_waiting = row.is_draft or module.row.is_draft
        lessons[row.pk] = ReadLesson(row.pk, row.slug, title, row, is_waiting)
        module.lessons.append(lessons[row.pk])
    _read_items(course, lessons)
    return ReadCourse(course, list(modules.values()), trashed)


def _read_items(course, lessons):
    drafts = {
        draft.item_id: draft
        for draft in ItemDraft.objects.filter(item__uses__lesson__course=course)
        .select_related("item__current_version", "media", "video")
        .distinct()
    }
    known = media_by_version(draft.item.current_version_id for draft in drafts.values())
    places = (
        LessonItem.objects.filter(lesson__course=course, item__deleted_at__isnull=True)
        .select_related("item__current_version__video", "pinned_version__video")
        .order_by("position")
    )
    for place in places:
        lesson = lessons.get(place.lesson_id)
        if lesson is not None:
            draft = None if place.pinned_version_id else drafts.get(place.item_id)
            lesson.items.append(
                _read_draft(draft, lesson, known) if draft else _read_shown(place, lesson)
            )


def _read_shown(place, lesson):
    item = ReadItem(place.item_id, place.item.kind, place.item.title, lesson)
    version = place.pinned_version or place.item.current_version
    if version is None:
        item.is_unwritten = True
    else:
        item.body, item.html, item.video = version.body, version.html, version.video
    return item


def _read_draft(draft, lesson, known):
    kind = draft.item.kind
    item = ReadItem(draft.item_id, kind, draft.title, lesson, draft.body, is_draft=True)
    if kind == ContentItem.Kind.VIDEO:
        item.video = draft.video
    try:
        check_version(kind, media=draft.media, video=draft.video, url=draft.url)
        files = known.get(draft.item.current_version_id, {})
        references = known_references(draft.item, files)
        item.html = str(preview(draft.item, _values(draft), references))
    except ContentRefused as refused:
        item.refusal = str(refused)
    return item


def _values(draft):
    names = ("title", "body", "media", "video", "url", "caption")
    return {name: getattr(draft, name) for name in names}
