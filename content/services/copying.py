"""Deep copies of parts of a course: what is copied can be changed without changing what it came from.

Files of the library are shared by a copy. Copies are drafts until they are published.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from content.models import ContentItem, ContentVersion, ItemDraft, Lesson, LessonItem, Module
from content.resolving import library_references
from content.services import items, outline, publishing
from content.services.titles import LONGEST
from users.models import User


@transaction.atomic
def copy_module(module: Module, *, by: User | None, now: datetime) -> Module:
    """A copy of a module with its lessons, right behind it. Raises OutlineRefused for one in the trash."""
    module = outline.locked_part(module)
    rules = {name: getattr(module, name) for name in outline.MODULE_RULES}
    copy = outline.add_module(
        module.course,
        title=_title_of_copy(module.title),
        description=module.description,
        position=module.position + 1,
        is_draft=True,
        by=by,
        now=now,
        **rules,
    )
    for lesson in module.lessons.live().order_by("position"):
        _copy_lesson(lesson, to=copy, by=by, now=now)
    return copy


@transaction.atomic
def copy_lesson(lesson: Lesson, *, by: User | None, now: datetime) -> Lesson:
    """A copy of a lesson with its items, right behind it. Raises OutlineRefused for one in the trash."""
    lesson = outline.locked_part(lesson)
    return _copy_lesson(
        lesson, to=lesson.module, is_named=True, position=lesson.position + 1, by=by, now=now
    )


@transaction.atomic
def copy_entry(entry: LessonItem, *, by: User | None, now: datetime) -> LessonItem:
    """A copy of what a lesson shows at one place, right behind it; a pinned version is what the copy says."""
    item = copy_item(entry.item, version=entry.pinned_version, is_named=True, by=by, now=now)
    return items.put_in_lesson(entry.lesson, item, position=entry.position + 1, by=by, now=now)


def copy_item(
    item: ContentItem,
    *,
    version: ContentVersion | None = None,
    is_named: bool = False,
    by: User | None,
    now: datetime,
) -> ContentItem:
    """A content item that says the same: `version`, or the newest with the draft that waits upon it.

    Its history begins anew. `is_named` tells by the title that it is a copy.
    """
    title = _title_of_copy(item.title) if is_named else item.title
    copy = items.add_item(kind=item.kind, title=title, metadata=dict(item.metadata), by=by, now=now)
    said = version or item.current_version
    if said is not None:
        values = {name: getattr(said, name) for name in items.VERSION_FIELDS}
        known = {use.src: use.media for use in said.media_uses.select_related("media") if use.src}
        references = library_references(copy, known)
        items.save_version(copy, **values, references=references, by=by, now=now)
    draft = None if version else ItemDraft.objects.filter(item=item).first()
    if draft is not None:
        copy.refresh_from_db()
        values = {name: getattr(draft, name) for name in items.VERSION_FIELDS}
        title = _title_of_copy(draft.title) if is_named else draft.title
        publishing.save_item_draft(copy, revision=0, title=title, **values, by=by, now=now)
    return copy


def _copy_lesson(lesson, *, to, is_named=False, position=None, by, now):
    fields = {name: getattr(lesson, name) for name in outline.LESSON_FIELDS}
    fields |= publishing.drafted_words(lesson)
    if is_named:
        fields["title"] = _title_of_copy(fields["title"])
    copy = outline.add_lesson(to, **fields, position=position, is_draft=True, by=by, now=now)
    entries = lesson.items.select_related("item__current_version", "pinned_version")
    for entry in entries.order_by("position"):
        item = copy_item(entry.item, version=entry.pinned_version, by=by, now=now)
        items.put_in_lesson(copy, item, by=by, now=now)
    return copy


def _title_of_copy(title):
    ending = " " + _("(copy)")
    return title[: LONGEST - len(ending)] + ending
