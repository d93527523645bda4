"""What somebody finds in the media library: filters, tags, and where a file is shown."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from content import permissions
from content.models import ItemDraft, LessonItem, MediaAsset, MediaUse
from content.services.replacing import items_showing
from courses.models import Course
from lib.text import TextRefused, clean_text

MAX_TAGS_SHOWN = 200
MAX_PLACES_SHOWN = 50

STATES = ("unused", "without_alt")
#: Ids of files that drafts name in their texts.
IN_DRAFT_TEXTS = r"""
SELECT (regexp_matches(body, '/media/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 'g'))[1]::uuid
FROM content_itemdraft
"""


class Chosen(NamedTuple):
    """The filters of the library as they stand in the address; "" for none. What makes no sense is left out."""

    q: str = ""
    kind: str = ""
    tag: str = ""
    owner: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Chosen":
        known = {"kind": MediaAsset.Kind.values, "owner": ("me",), "state": STATES}
        given = {name: _text(query.get(name, "")) for name in cls._fields}
        return cls(
            **{
                name: value if value in known.get(name, (value,)) else ""
                for name, value in given.items()
            }
        )

    def narrow(self, files: QuerySet, user) -> QuerySet:
        if self.q:
            files = files.filter(Q(title__icontains=self.q) | Q(tags__contains=[self.q]))
        if self.kind:
            files = files.filter(kind=self.kind)
        if self.tag:
            files = files.filter(tags__contains=[self.tag])
        if self.owner:
            files = files.filter(owner=user)
        if self.state == "unused":
            files = files.exclude(is_used())
        elif self.state == "without_alt":
            files = files.filter(kind=MediaAsset.Kind.IMAGE, alt="")
        return files


def _text(value):
    try:
        return clean_text(value[:200]).strip()
    except TextRefused:
        return ""


def files_for(user, course: Course | None = None) -> QuerySet:
    """The files of the library that somebody works with, or those of one course among them."""
    files = permissions.library_of(user).filter(deleted_at__isnull=True)
    if course is None:
        return files
    shown = MediaUse.objects.filter(
        media=OuterRef("pk"), version__item__uses__lesson__course=course
    )
    return files.filter(Q(course=course) | Exists(shown))


def is_used() -> Q:
    """Whether what is published, or a draft, shows the file."""
    uses = MediaUse.objects.filter(media=OuterRef("pk"))
    current = uses.filter(version__item__current_version=F("version"))
    pinned = uses.filter(version__item__uses__pinned_version=F("version"))
    drafts = ItemDraft.objects.filter(
        Q(media=OuterRef("pk"))
        | Q(video__file=OuterRef("pk"))
        | Q(video__poster=OuterRef("pk"))
        | Q(video__captions=OuterRef("pk"))
    )
    in_texts = Q(pk__in=RawSQL(IN_DRAFT_TEXTS, []))  # noqa: S611 -- a constant
    return Q(Exists(current)) | Q(Exists(pinned)) | Q(Exists(drafts)) | in_texts


def tags_of(files: QuerySet) -> list[tuple[str, int]]:
    """Tags with the number of files that have them, by name. One query."""
    tagged = files.annotate(tag=Func(F("tags"), function="unnest")).order_by("tag")
    return list(tagged.values_list("tag").annotate(count=Count("pk"))[:MAX_TAGS_SHOWN])


class ShownAt(NamedTuple):
    """A lesson that shows a file: addresses are empty where the person does not work on the course."""

    course: str
    lesson: str
    item: str
    slug: str
    lesson_id: UUID
    item_id: UUID


class Places(NamedTuple):
    """Lessons that show a file, those of one's own courses; `others` counts those of courses of other people."""

    own: list[ShownAt]
    others: int


def places_of(asset: MediaAsset, user) -> Places:
    """Where a file is shown. Three queries at most."""
    entries = LessonItem.objects.filter(
        item__in=items_showing(asset),
        lesson__deleted_at__isnull=True,
        lesson__course__deleted_at__isnull=True,
    )
    mine = Q(lesson__course__in=Course.objects.editable_by(user))
    rows = entries.filter(mine).select_related("lesson__course", "item")
    own = [
        ShownAt(
            entry.lesson.course.title,
            entry.lesson.title,
            entry.item.title,
            entry.lesson.course.slug,
            entry.lesson_id,
            entry.item_id,
        )
        for entry in rows.order_by("lesson__course__title", "lesson__title")[:MAX_PLACES_SHOWN]
    ]
    return Places(own, entries.exclude(mine).count())
