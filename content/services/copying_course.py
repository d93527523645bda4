"""A copy of a whole course, to run again: everything but people, with its dates shifted, files shared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from uuid import UUID

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from content.models import (
    ContentItem,
    ContentVersion,
    ItemDraft,
    Lesson,
    LessonDraft,
    LessonItem,
    MediaUse,
    Module,
)
from courses.cache import bump_catalogue_version
from courses.models import Course, CourseDraft
from courses.services import create_course
from courses.services.locking import lock_course
from courses.snapshots import WORDS
from lib.ids import uuid7
from users.models import User

_SETTINGS = (
    *("visibility", "enrollment_type", "max_capacity", "waitlist_enabled", "offer_hours"),
    *("access_days", "is_sequential", "certificate_enabled", "price", "currency"),
)
_DATES = ("enrollment_closes_at", "access_ends_at")
#: Of a row, what belongs to it alone.
_OWN = {"id", "created_at", "updated_at", "organization"}
BATCH = 500


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the course itself, or a module or lesson that opens at a time; now and in the copy."""

    title: str
    is_module: bool
    before: datetime
    after: datetime


def dates_of(course: Course, *, days: int = 0) -> list[Dated]:
    """Every date of a course, its own before those of its outline, and what it becomes after a shift. Two queries."""
    modules = Module.objects.live().filter(course=course)
    lessons = Lesson.objects.live().filter(course=course, opens_at__isnull=False)
    found = [(module.position, 0, module) for module in modules.filter(opens_at__isnull=False)]
    found += [
        (lesson.module.position, lesson.position, lesson)
        for lesson in lessons.select_related("module")
    ]
    found.sort(key=lambda entry: entry[:2])
    dates = [
        (capfirst(Course._meta.get_field(name).verbose_name), False, getattr(course, name))
        for name in _DATES
    ]
    dates += [
        (part.title, isinstance(part, Module), part.opens_at) for _module, _lesson, part in found
    ]
    return [
        Dated(title, is_module, moment, shifted(moment, days))
        for title, is_module, moment in dates
        if moment is not None
    ]


def shifted(moment: datetime, days: int) -> datetime:
    """The same time of day, so many days later or earlier, also where the clocks change in between.

    Raises OverflowError beyond the calendar.
    """
    local = timezone.localtime(moment)
    moved = datetime.combine(local.date() + timedelta(days=days), local.time())
    return timezone.make_aware(moved)


def days_until(course: Course, start: date) -> int | None:
    """By how many days the first date of a course has to move to be `start`; None for a course without dates."""
    dates = dates_of(course)
    if not dates:
        return None
    first = min(timezone.localtime(dated.before).date() for dated in dates)
    return (start - first).days


@transaction.atomic
def copy_course(
    course: Course,
    *,
    title: str,
    slug: str = "",
    days: int = 0,
    with_drafts: bool = True,
    by: User,
    now: datetime,
) -> Course:
    """A copy of a course, itself a draft and owned by who makes it; all dates move by `days`.

    Drafts are taken along as drafts, and what is not published stays so; without them, only what students see. People, reviews,
    versions and what a text of the course said before are left behind. Locks the course. A fixed number of queries.
    Raises CannotTeach, SlugTaken, InTheTrash, ValidationError, and OverflowError for dates beyond the calendar.
    """
    course = lock_course(course.pk)
    draft = CourseDraft.objects.filter(course=course).first() if with_drafts else None
    fields = {name: getattr(course, name) for name in (*WORDS, *_SETTINGS)}
    moments = {name: getattr(course, name) for name in _DATES}
    fields |= {name: at and shifted(at, days) for name, at in moments.items()}
    fields |= {**(draft.changes if draft else {}), "title": title, "slug": slug}
    copy = create_course(by=by, now=now, subject=course.subject, **fields)
    copy.copied_from = course
    if copy.description == course.description:
        copy.description_html = course.description_html
    if course.thumbnail:
        # A file of its own: the picture of a course is deleted when another one takes its place.
        with course.thumbnail.open() as file:
            copy.thumbnail.save(PurePosixPath(course.thumbnail.name).name, file, save=False)
    copying = _Copying(course, copy, days=days, with_drafts=with_drafts, by=by, now=now)
    for name in ("description", "description_html"):
        setattr(copy, name, copying.led_here(getattr(copy, name)))
    copy.save(update_fields=["copied_from", "description", "description_html", "thumbnail"])
    copying.run()
    bump_catalogue_version()
    return copy


class _Copying:
    """Copies rows table by table; the new id of each row is known before the next table needs it."""

    def __init__(self, course, copy, *, days, with_drafts, by, now):
        self.course, self.copy = course, copy
        self.days, self.with_drafts = days, with_drafts
        self.by, self.now = by, now
        self.new_ids: dict[UUID, UUID] = {}
        there, self.here = (reverse("courses:detail", args=[each.slug]) for each in (course, copy))
        self.there = re.compile(rf"(?<![\w./-]){re.escape(there)}")

    def run(self):
        modules = Module.objects.live().filter(course=self.course)
        lessons = Lesson.objects.live().filter(course=self.course)
        if not self.with_drafts:
            modules, lessons = modules.published(), lessons.published()
        modules = list(modules)
        lessons = list(lessons.filter(module__in=modules))
        entries = LessonItem.objects.filter(lesson__in=lessons).select_related("item")
        if not self.with_drafts:
            entries = entries.exclude(item__current_version=None)
        entries = list(entries.order_by("pk"))
        self.insert(modules, course=self.copy)
        self.insert(lessons, refer=("module",), course=self.copy)
        self.copy_items(entries)
        self.insert(entries, refer=("lesson", "item", "pinned_version"))
        if self.with_drafts:
            self.copy_drafts(lessons, entries)

    def copy_items(self, entries):
        """Each item once, however many lessons show it, with the versions that are shown."""
        items = {entry.item_id: entry.item for entry in entries}
        wanted = {item.current_version_id for item in items.values()}
        wanted |= {entry.pinned_version_id for entry in entries}
        versions = list(ContentVersion.objects.filter(pk__in=wanted - {None}).order_by("pk"))
        uses = list(MediaUse.objects.filter(version__in=versions))
        self.insert(items.values(), owner=self.by, current_version=None)
        self.insert(versions, refer=("item",), created_by=self.by)
        self.insert(uses, refer=("version",))
        copies = [
            ContentItem(
                pk=self.new_ids[item.pk], current_version_id=self.new_ids[item.current_version_id]
            )
            for item in items.values()
            if item.current_version_id is not None
        ]
        ContentItem.objects.bulk_update(copies, ["current_version"], batch_size=BATCH)

    def copy_drafts(self, lessons, entries):
        said = {"edited_by": self.by, "edited_at": self.now, "revision": 1}
        items = {entry.item_id for entry in entries}
        self.insert(ItemDraft.objects.filter(item__in=items), refer=("item",), **said)
        of_lessons = LessonDraft.objects.filter(lesson__in=lessons)
        self.insert(of_lessons, refer=("lesson",), base_number=0, **said)

    def insert(self, rows: Iterable[models.Model], *, refer=(), **values):
        """Rows like these, with `values`; those that `refer` names point at the copies of what they pointed at."""
        copies = [self.like(row, refer, values) for row in rows]
        if copies:
            type(copies[0]).objects.bulk_create(copies, batch_size=BATCH)

    def like(self, row, refer, values):
        fields = {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.name not in _OWN
        }
        fields |= {f"{name}_id": self.new_ids.get(fields[f"{name}_id"]) for name in refer}
        if fields.get("opens_at") is not None:
            fields["opens_at"] = shifted(fields["opens_at"], self.days)
        for name in fields.keys() & {"body", "html"}:
            fields[name] = self.led_here(fields[name])
        if isinstance(row, ContentItem) and row.metadata.get("links"):
            links = {href: self.led_here(url) for href, url in row.metadata["links"].items()}
            fields["metadata"] = {**row.metadata, "links": links}
        copy = type(row)(**fields)
        for name, value in values.items():
            setattr(copy, name, value)
        if row._meta.pk.name == "id":
            copy.pk = self.new_ids[row.pk] = _id_like(row.pk)
        return copy

    def led_here(self, text):
        """A text whose links to the course lead to the copy."""
        return self.there.sub(self.here, text)


def _id_like(row_id):
    """A new id with the same end, which names an item on its page: links to headings stay right."""
    return UUID(hex=uuid7().hex[:-4] + row_id.hex[-4:])
