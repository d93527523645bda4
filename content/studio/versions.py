"""The published states of a course, its lessons and its items, read alike: what each said, and how two differ."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from markupsafe import Markup

from activity.words import Change
from content.models import ContentItem, ContentVersion, ItemDraft, Lesson, LessonDraft
from content.rendering import ShownItem, anchor_of, render_item
from content.services import restoring
from content.studio.waiting import differing_lessons, differing_versions
from courses.models import Course, CourseDraft
from courses.studio.differing import change_of, differing_words
from lib import markdown


class History(ABC):
    """The versions of one thing. `kind` is part of their address."""

    kind = ""
    has_notes = True

    def __init__(self, course: Course, thing):
        self.course, self.thing = course, thing

    @property
    def title(self) -> str:
        return str(self.thing)

    @property
    def versions(self) -> QuerySet:
        return self.thing.versions.select_related("created_by")

    @property
    @abstractmethod
    def revision(self) -> int:
        """Of the draft, 0 where there is none."""

    @abstractmethod
    def differences(self, before, after) -> list[Change]:
        """What two versions say differently."""

    @abstractmethod
    def shown(self, version) -> Markup:
        """A version as students saw it."""

    @abstractmethod
    def restore(self, version, *, revision: int, by, now) -> list[str]:
        """Put it into the draft; titles of what does not come back."""


class CourseHistory(History):
    kind = "course"

    @property
    def revision(self):
        return _revision(CourseDraft.objects.filter(course=self.course))

    def differences(self, before, after):
        old, new = before.snapshot, after.snapshot
        changes = differing_words(old["words"], new["words"])
        outlines = [_outline_text(snapshot) for snapshot in (old, new)]
        if outlines[0] != outlines[1]:
            changes.append(change_of(_("Outline"), *outlines))
        return changes

    def shown(self, version):
        words = version.snapshot["words"]
        parts = [Markup("<h2>{}</h2><p>{}</p>").format(words["title"], words["summary"])]
        parts.append(Markup(markdown.render(words["description"]).html))
        for module in version.snapshot.get("outline", ()):
            lessons = Markup("").join(
                Markup("<li>{}</li>").format(lesson["title"]) for lesson in module["lessons"]
            )
            parts.append(Markup("<h3>{}</h3><ol>{}</ol>").format(module["title"], lessons))
        return Markup("").join(parts)

    def restore(self, version, **options):
        restoring.restore_course(version, **options)
        return []


class LessonHistory(History):
    kind = "lesson"

    @property
    def revision(self):
        return _revision(LessonDraft.objects.filter(lesson=self.thing))

    def differences(self, before, after):
        changes = differing_lessons(before.snapshot, after.snapshot)
        old = {entry["id"]: entry for entry in before.snapshot["items"]}
        new = {entry["id"]: entry for entry in after.snapshot["items"]}
        lists = ["\n".join(entry["title"] for entry in each.values()) for each in (old, new)]
        if list(old) != list(new):
            changes.append(change_of(_("Contents"), *lists))
        said = _versions_in(before, after)
        for key in old.keys() & new.keys():
            was, now = said.get(old[key]["version_id"]), said.get(new[key]["version_id"])
            if was is not None and now is not None and was.pk != now.pk:
                changes.append(change_of(new[key]["title"], was.body, now.body))
        return changes

    def shown(self, version):
        said = _versions_in(version)
        parts = [
            _as_shown(said[entry["version_id"]], entry["title"])
            for entry in version.snapshot["items"]
            if entry["version_id"] in said
        ]
        return Markup("<h2>{}</h2>").format(version.snapshot["title"]) + Markup("").join(parts)

    def restore(self, version, **options):
        return restoring.restore_lesson(version, **options)


class ItemHistory(History):
    kind = "item"
    has_notes = False

    @property
    def versions(self):
        return self.thing.versions.select_related("created_by", "media", "video")

    @property
    def revision(self):
        return _revision(ItemDraft.objects.filter(item=self.thing))

    def differences(self, before, after):
        return differing_versions(_said(before), _said(after))

    def shown(self, version):
        version.item = self.thing
        return _as_shown(version, self.thing.title)

    def restore(self, version, **options):
        restoring.restore_item(version, **options)
        return []


def history_of(course: Course, kind: str, row_id: UUID) -> History:
    """The versions of a part of a course. Raises Http404 for what is no part of it."""
    if kind == CourseHistory.kind:
        return CourseHistory(course, get_object_or_404(Course, pk=row_id, slug=course.slug))
    if kind == LessonHistory.kind:
        return LessonHistory(course, get_object_or_404(Lesson, pk=row_id, course=course))
    items = ContentItem.objects.filter(uses__lesson__course=course).distinct()
    return ItemHistory(course, get_object_or_404(items, pk=row_id))


def _revision(drafts):
    return drafts.values_list("revision", flat=True).first() or 0


def _said(version: ContentVersion) -> Mapping[str, Any]:
    names = ("body", "media", "video", "url", "caption")
    return {name: getattr(version, name) for name in names}


def _versions_in(*versions) -> dict[str, ContentVersion]:
    """The versions of items that versions of a lesson name, by id. One query."""
    ids = {entry["version_id"] for version in versions for entry in version.snapshot["items"]}
    rows = ContentVersion.objects.select_related("item").in_bulk(ids)
    return {str(key): row for key, row in rows.items()}


def _as_shown(version, title):
    item = version.item
    with_title = item.metadata.get("show_title") is True
    return render_item(
        ShownItem(item.kind, version.html, title, with_title, anchor_of(item.pk), "")
    )


def _outline_text(snapshot):
    lines = []
    for module in snapshot.get("outline", ()):
        lines += [module["title"], *(f"  {lesson['title']}" for lesson in module["lessons"])]
    return "\n".join(lines)
