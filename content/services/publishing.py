"""From drafts to what students see.

What an item says, and the words of a lesson that students see already, wait in a draft until they are
published. A new lesson is a draft itself (`is_draft`) until then. Each publication of a lesson keeps a version.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from content.models import (
    ContentItem,
    ItemDraft,
    Lesson,
    LessonDraft,
    LessonItem,
    LessonVersion,
    Module,
)
from content.services import items, outline
from content.services.outline import OutlineRefused
from courses.errors import NotReady
from courses.models import Course
from courses.preflight import Finding, Level
from courses.services.drafting import (
    DraftChanged,
    changed_words,
    keep_version,
    last_number,
    require_revision,
    save_draft,
    save_words,
)
from users.models import User

#: The words of a lesson that wait in its draft; its rules take effect at once.
DRAFTED_FIELDS = ("title", "summary", "duration_minutes", "is_preview")


@transaction.atomic
def save_item_draft(
    item: ContentItem,
    *,
    revision: int,
    base: int | None = None,
    by: User | None,
    now: datetime,
    **values,
) -> ItemDraft:
    """Keep what an item will say: `title`, `body`, `media`, `video`, `url`, `caption`, those that are given.

    `revision` is that of the draft one started from, 0 where there was none; `base` the number of the version
    that it began from, so that nothing is lost that was published meanwhile (None: not asked). A draft may be unfinished; what
    an item of its kind cannot show is refused when it is published. Locks the item.
    Raises DraftChanged, and ContentRefused for an empty title.
    """
    item = ContentItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    draft = ItemDraft.objects.filter(item=item).first()
    require_revision(draft, revision)
    draft = draft or begin_draft(item)
    if base is not None and draft.base_number != base:
        raise DraftChanged(draft)
    clean = items.clean_draft(values)
    changed = [name for name, value in clean.items() if getattr(draft, name) != value]
    if not changed and draft.edited_at is not None:
        return draft
    for name in changed:
        setattr(draft, name, clean[name])
    return save_draft(draft, by=by, now=now)


def begin_draft(item: ContentItem) -> ItemDraft:
    """An unsaved draft that says what the item says now."""
    version = item.current_version
    draft = ItemDraft(item=item, title=item.title, revision=0, edited_at=None)
    if version is not None:
        draft.base_number = version.number
        for name in items.VERSION_FIELDS:
            setattr(draft, name, getattr(version, name))
    return draft


@transaction.atomic
def discard_item_draft(item: ContentItem, *, revision: int, by, now) -> None:
    """Throw away what is not published; harmless to repeat. Raises DraftChanged."""
    ContentItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    draft = ItemDraft.objects.filter(item=item).first()
    if draft is not None:
        require_revision(draft, revision)
        draft.delete()


@transaction.atomic
def publish_item(
    item: ContentItem, *, by: User | None, now: datetime, revision: int | None = None
) -> items.Saved | None:
    """Make the draft what the item says, as a new version; None where there is no draft. Locks the item.

    `revision` is that of the draft that was looked at; None publishes whatever is there.
    Raises DraftChanged, and ContentRefused for what an item of its kind cannot show.
    """
    ContentItem.objects.select_for_update(of=("self",), no_key=True).get(pk=item.pk)
    draft = ItemDraft.objects.select_related("media", "video").filter(item=item).first()
    if draft is None:
        return None
    if revision is not None:
        require_revision(draft, revision)
    items.update_item(item, title=draft.title, by=by, now=now)
    values = {name: getattr(draft, name) for name in items.VERSION_FIELDS}
    saved = items.save_version(item, **values, by=by, now=now)
    draft.delete()
    return saved


@transaction.atomic
def edit_lesson(
    lesson: Lesson, *, revision: int, by: User | None, now: datetime, **words
) -> LessonDraft | None:
    """Change words of a lesson, those of DRAFTED_FIELDS: at once while it is a draft itself, else in its draft.

    Words that are as published leave the draft; None where nothing is left. Locks the course.
    Raises DraftChanged, OutlineRefused.
    """
    outline.lock_course_of(lesson)
    lesson.refresh_from_db()
    draft = LessonDraft.objects.filter(lesson=lesson).first()
    require_revision(draft, revision)
    if unknown := set(words) - set(DRAFTED_FIELDS):
        raise TypeError(f"{', '.join(sorted(unknown))} does not wait in a draft.")
    words = outline.clean_lesson_fields(words)
    if lesson.is_draft:
        outline.update_lesson(lesson, by=by, now=now, **words)
        return None

    def begin():
        base = last_number(lesson.versions)
        return LessonDraft(lesson=lesson, revision=0, base_number=base)

    changes = changed_words(lesson, draft, words)
    return save_words(draft, changes, begin=begin, by=by, now=now)


def drafted_words(lesson: Lesson) -> dict:
    """The words of a lesson that wait, by name; none where all are as students see them. One query."""
    draft = LessonDraft.objects.filter(lesson=lesson).only("changes").first()
    return dict(draft.changes) if draft else {}


@transaction.atomic
def discard_lesson_draft(lesson: Lesson, *, revision: int, by, now) -> None:
    """Throw away changed words of a lesson, not those of its items. Harmless to repeat. Raises DraftChanged."""
    outline.lock_course_of(lesson)
    draft = LessonDraft.objects.filter(lesson=lesson).first()
    if draft is not None:
        require_revision(draft, revision)
        draft.delete()


@transaction.atomic
def publish_lesson(lesson: Lesson, *, by: User | None, now: datetime, note: str = "") -> Lesson:
    """Show students a lesson as it is drafted: its words, the drafts of its items, and itself with its module.

    A version is kept where something differs from the last. Locks the course. Raises OutlineRefused for a
    lesson in the trash, ContentRefused for an item that cannot be shown.
    """
    outline.lock_course_of(lesson)
    lesson.refresh_from_db()
    if lesson.deleted_at is not None or lesson.module.deleted_at is not None:
        raise OutlineRefused(
            _("“%(title)s” is in the trash. Restore it first.") % {"title": lesson}
        )
    keep_lesson_version(lesson, by=None, now=now)
    draft = LessonDraft.objects.filter(lesson=lesson).first()
    if draft is not None:
        outline.update_lesson(lesson, by=by, now=now, **draft.changes)
        draft.delete()
    for item in ContentItem.objects.filter(uses__lesson=lesson, draft__isnull=False).distinct():
        publish_item(item, by=by, now=now)
    for part in (lesson.module, lesson):
        if part.is_draft:
            part.is_draft = False
            part.save(update_fields=["is_draft", "updated_at"])
    keep_lesson_version(lesson, by=by, now=now, note=note)
    return lesson


@transaction.atomic
def publish_whole(course: Course, *, by: User | None, now: datetime) -> None:
    """Publish every lesson of a course that waits to be; an unfinished one is refused by name.

    Raises ContentRefused.
    """
    for lesson in waiting_lessons(course):
        publish_lesson(lesson, by=by, now=now)


def prepare_course(course: Course, *, by: User | None, now: datetime) -> None:
    """What a course shows once it is published. Raises NotReady for what cannot be shown."""
    try:
        publish_whole(course, by=by, now=now)
    except (items.ContentRefused, OutlineRefused) as refused:
        raise NotReady([Finding(Level.ERROR, "cannot_be_shown", str(refused))]) from refused


def waiting_lessons(course: Course) -> QuerySet[Lesson]:
    """Lessons that students do not see as they are drafted, in their order."""
    waiting = _waiting().filter(course=course)
    return waiting.select_related("module").order_by("module__position", "position")


def count_waiting_lessons(course_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many lessons wait, by course; those of which none waits are left out. One query."""
    counted = _waiting().filter(course__in=course_ids).order_by().values_list("course_id")
    return dict(counted.annotate(count=Count("pk")))


def _waiting():
    has_draft_item = ItemDraft.objects.filter(item__uses__lesson=OuterRef("pk"))
    return Lesson.objects.live().filter(
        Q(is_draft=True)
        | Q(module__is_draft=True)
        | Q(draft__isnull=False)
        | Exists(has_draft_item),
        module__deleted_at__isnull=True,
    )


@transaction.atomic
def withdraw_part(part: Module | Lesson, *, by: User | None, now: datetime) -> Module | Lesson:
    """Hide a lesson, or a module with its lessons, from students again; harmless to repeat. Locks the course."""
    outline.lock_course_of(part)
    part.refresh_from_db()
    if not part.is_draft:
        part.is_draft = True
        part.save(update_fields=["is_draft", "updated_at"])
    return part


def keep_lesson_version(
    lesson: Lesson, *, by: User | None, now: datetime, note: str = ""
) -> LessonVersion | None:
    """Remember what a lesson shows students now; None where the last version says the same, or it is a draft."""
    if lesson.is_draft:
        return None
    return keep_version(lesson.versions, lesson_snapshot(lesson), by=by, note=note)


def lesson_snapshot(lesson: Lesson) -> dict:
    """What a lesson shows: its fields by name, and `items` with id, kind, title and number of the version."""
    entries = (
        LessonItem.objects.filter(lesson=lesson)
        .select_related("item__current_version", "pinned_version")
        .order_by("position")
    )
    shown = []
    for entry in entries:
        version = entry.pinned_version or entry.item.current_version
        if version is not None:
            item = entry.item
            shown.append(
                {
                    "id": str(item.pk),
                    "kind": item.kind,
                    "title": item.title,
                    "version": version.number,
                    "version_id": str(version.pk),
                }
            )
    fields = {name: getattr(lesson, name) for name in sorted(outline.LESSON_FIELDS)}
    fields["opens_at"] = lesson.opens_at.isoformat() if lesson.opens_at else None
    return {**fields, "items": shown}
