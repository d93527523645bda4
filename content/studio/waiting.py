"""What of a course waits to be published, and how it differs from what students see."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.text import capfirst

from activity.words import Change
from content.models import ContentItem, ContentVersion, ItemDraft, Lesson, LessonDraft
from content.services.items import VERSION_FIELDS
from content.services.publishing import DRAFTED_FIELDS, waiting_lessons
from courses.models import Course, CourseDraft
from courses.studio.differing import differing, differing_words, words_of, yes_or_no
from lib import jinja
from users.models import User

IN_FULL = 40  # lessons whose differences are shown; of the others their titles alone


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item of a lesson with its differences; `is_new` if students see nothing of it yet."""

    id: UUID
    title: str
    is_new: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class WaitingLesson:
    """A lesson that students do not see as it is drafted, or not at all (`is_new`)."""

    id: UUID
    title: str
    module_title: str
    is_new: bool
    is_new_module: bool
    changes: tuple[Change, ...]
    items: tuple[WaitingItem, ...]
    edited_by: User | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """All that waits. `stamp` changes with every save, so that nobody publishes what they have not seen."""

    words: tuple[Change, ...]
    lessons: tuple[WaitingLesson, ...]
    others: tuple[Lesson, ...]
    stamp: str

    def __bool__(self):
        return bool(self.words or self.lessons or self.others)


def waiting_in(course: Course) -> Waiting:
    """Four statements, however much waits."""
    course_draft = CourseDraft.objects.filter(course=course).first()
    rows = list(waiting_lessons(course).select_related("module", "draft__edited_by"))
    shown = rows[:IN_FULL]
    drafts = list(_drafts_of(rows))
    of_lesson: dict[UUID, list[ItemDraft]] = {row.pk: [] for row in rows}
    for draft in drafts:
        of_lesson[draft.lesson_id].append(draft)
    published = words_of(course)
    changed = differing_words(published, published | course_draft.changes) if course_draft else ()
    return Waiting(
        words=tuple(changed),
        lessons=tuple(_waiting_lesson(row, of_lesson[row.pk]) for row in shown),
        others=tuple(rows[IN_FULL:]),
        stamp=_stamp(course_draft, rows, drafts),
    )


def differing_versions(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Where two states of an item differ: of its title and VERSION_FIELDS."""
    labels = [("title", capfirst(ContentItem._meta.get_field("title").verbose_name))]
    labels += [
        (name, capfirst(ContentVersion._meta.get_field(name).verbose_name))
        for name in VERSION_FIELDS
    ]
    return differing(before, after, labels, lambda _name, value: str(value or ""))


def differing_lessons(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Where two states of a lesson's words differ."""
    labels = [
        (name, capfirst(Lesson._meta.get_field(name).verbose_name)) for name in DRAFTED_FIELDS
    ]
    return differing(before, after, labels, _tell_lesson_field)


def version_values(version: ContentVersion | None, title: str) -> dict[str, Any]:
    """What an item says, by field; only its title for one that says nothing yet."""
    if version is None:
        return {"title": title}
    return {"title": title} | {name: getattr(version, name) for name in VERSION_FIELDS}


def draft_values(draft: ItemDraft) -> dict[str, Any]:
    return {"title": draft.title} | {name: getattr(draft, name) for name in VERSION_FIELDS}


def _drafts_of(lessons: Iterable[Lesson]) -> Iterator[ItemDraft]:
    """The drafts of items with the lesson that shows each, in the order of the lesson."""
    return (
        ItemDraft.objects.filter(item__uses__lesson__in=[lesson.pk for lesson in lessons])
        .annotate(lesson_id=F("item__uses__lesson"), position=F("item__uses__position"))
        .select_related(
            *("edited_by", "media", "video", "item__current_version__media"),
            "item__current_version__video",
        )
        .order_by("position")
    )


def _waiting_lesson(lesson, drafts):
    draft: LessonDraft | None = getattr(lesson, "draft", None)
    published = {name: getattr(lesson, name) for name in DRAFTED_FIELDS}
    drafted = published | (draft.changes if draft else {})
    editors = [each.edited_by for each in [*drafts, *([draft] if draft else [])]]
    return WaitingLesson(
        id=lesson.pk,
        title=drafted["title"],
        module_title=lesson.module.title,
        is_new=lesson.is_draft,
        is_new_module=lesson.module.is_draft,
        changes=tuple(differing_lessons(published, drafted)),
        items=tuple(map(_waiting_item, drafts)),
        edited_by=next(filter(None, editors), None),
    )


def _waiting_item(draft):
    version = draft.item.current_version
    before = version_values(version, draft.item.title)
    return WaitingItem(
        id=draft.item_id,
        title=draft.title,
        is_new=version is None,
        changes=tuple(differing_versions(before, draft_values(draft))),
    )


def _tell_lesson_field(name, value):
    if name == "is_preview":
        return yes_or_no(value)
    if name == "duration_minutes":
        return jinja.minutes(value)
    return str(value or "")


def _stamp(course_draft, lessons, drafts):
    seen = [f"course {course_draft.revision}"] if course_draft else []
    for lesson in lessons:
        draft = getattr(lesson, "draft", None)
        seen.append(f"{lesson.pk} {draft.revision if draft else 0}")
    seen += sorted(f"{draft.item_id} {draft.revision}" for draft in drafts)
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:32]
