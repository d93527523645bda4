"""Bringing back what a course, a lesson or an item said before: as a draft, so that no version is ever lost."""

from datetime import datetime

from django.db import transaction

from content.models import ContentItem, ContentVersion, ItemDraft, Lesson, LessonVersion
from content.services.items import VERSION_FIELDS
from content.services.publishing import DRAFTED_FIELDS, edit_lesson, save_item_draft
from courses.models import CourseVersion
from courses.services.drafts import edit_course
from courses.snapshots import WORDS
from users.models import User


@transaction.atomic
def restore_item(version: ContentVersion, *, revision: int, by: User | None, now: datetime) -> None:
    """Let the item's draft say what this version said. `revision` is that of the draft one saw, 0 for none.

    Raises DraftChanged.
    """
    values = {name: getattr(version, name) for name in VERSION_FIELDS}
    save_item_draft(version.item, revision=revision, by=by, now=now, **values)


@transaction.atomic
def restore_lesson(
    version: LessonVersion, *, revision: int, by: User | None, now: datetime
) -> list[str]:
    """Let the drafts of a lesson and of its items say what they said then; titles of items it shows no more.

    What the lesson shows, and in which order, stays. `revision` is that of the lesson's draft, 0 for none.
    Raises DraftChanged, OutlineRefused.
    """
    lesson, snapshot = version.lesson, version.snapshot
    words = {name: snapshot[name] for name in DRAFTED_FIELDS if name in snapshot}
    edit_lesson(lesson, revision=revision, by=by, now=now, **words)
    then = {entry["id"]: entry for entry in snapshot["items"]}
    versions = ContentVersion.objects.in_bulk([entry["version_id"] for entry in then.values()])
    by_item = {str(each.item_id): each for each in versions.values()}
    for item in _items_of(lesson):
        if str(item.pk) in by_item and by_item[str(item.pk)].pk != item.current_version_id:
            draft = ItemDraft.objects.filter(item=item).only("revision").first()
            values = {name: getattr(by_item[str(item.pk)], name) for name in VERSION_FIELDS}
            values["title"] = then.pop(str(item.pk))["title"]
            save_item_draft(item, revision=draft.revision if draft else 0, by=by, now=now, **values)
        else:
            then.pop(str(item.pk), None)
    return [entry["title"] for entry in then.values()]


@transaction.atomic
def restore_course(
    version: CourseVersion, *, revision: int, by: User | None, now: datetime
) -> None:
    """Let the draft of a course say what the course said then; its outline stays as it is.

    Raises DraftChanged, InTheTrash, ValidationError.
    """
    words = {name: value for name, value in version.snapshot["words"].items() if name in WORDS}
    edit_course(version.course_id, revision=revision, by=by, now=now, **words)


def _items_of(lesson: Lesson):
    items = ContentItem.objects.filter(uses__lesson=lesson, uses__pinned_version__isnull=True)
    return items.order_by("uses__position").distinct()
