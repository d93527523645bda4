"""What an export of a course says: everything that students see of it, and the rules they learn by.

What waits in drafts stays out of it, but for items that were never published: those say what they are going
to say. People, reviews and progress are no part of a course's text.
"""

from dataclasses import dataclass
from uuid import UUID

from content.exporting.bundle import Bundle
from content.exporting.references import Places, TextReferences
from content.exporting.shelf import LONGEST, Shelf, name_from
from content.exporting.writing import as_text, as_yaml
from content.importing.course_folder import COURSE, DESCRIPTION, FILES, FORMAT, LESSON, MODULE
from content.models import (
    ContentItem,
    ContentVersion,
    ItemDraft,
    Lesson,
    LessonItem,
    MediaUse,
    Module,
    VideoAsset,
)
from content.videos import page_url
from courses.models import Course

#: Of a course, in the order of the file.
_COURSE_FIELDS = (
    *("slug", "summary", "subject", "tags", "objectives", "requirements", "language"),
    *("difficulty_level", "duration_minutes", "visibility", "enrollment_type", "max_capacity"),
    *("waitlist_enabled", "offer_hours", "enrollment_closes_at", "access_ends_at", "access_days"),
    *("is_sequential", "certificate_enabled", "price", "currency"),
)
_LESSON_FIELDS = (
    *("slug", "summary", "duration_minutes", "completion", "completion_seconds"),
    *("opens_at", "opens_after_days", "is_preview", "is_draft"),
)


@dataclass(frozen=True, slots=True)
class _Said:
    """An item as the export says it, at its place."""

    item: ContentItem
    key: str
    content: ContentVersion | ItemDraft | None
    uses: list[MediaUse]


def bundle_of(course: Course) -> Bundle:
    """The files of a course. A dozen queries, whatever its size, and one for each file that is named by a text."""
    return _Writer(course).run()


class _Writer:
    def __init__(self, course):
        self.course = course
        self.bundle = Bundle()
        self.shelf = Shelf(self.bundle)
        self.places = Places(course)
        self.texts = TextReferences(course, self.shelf, self.places)

    def run(self) -> Bundle:
        outline = list(_outline_of(self.course))
        for _module, folder, lessons in outline:
            for lesson, name, items in lessons:
                self._note_places(lesson, f"{folder}/{name}", items)
        self._write_course()
        for module, folder, lessons in outline:
            self._write_module(module, folder)
            for lesson, name, items in lessons:
                self._write_lesson(lesson, f"{folder}/{name}", items)
        records = dict(sorted(self.shelf.records.items()))
        self.bundle.add_text(FILES, _yaml_of_files(records))
        return self.bundle

    def _note_places(self, lesson, path, items):
        if _is_one_text(lesson, items):
            places = [(items[0].item, f"{path}.md")]
            self.places.add_lesson(lesson, f"{path}.md", places)
        else:
            places = [(said.item, _item_path(path, n, said)) for n, said in enumerate(items, 1)]
            self.places.add_lesson(lesson, path, places)

    def _write_course(self):
        course = self.course
        values = {"format": FORMAT, "id": course.source or str(course.pk), "title": course.title}
        for name in _COURSE_FIELDS:
            values[name] = getattr(course, name)
        values["subject"] = course.subject.title
        values = _without_defaults(Course, values)
        if course.thumbnail:
            self.shelf.add_thumbnail(course.thumbnail.name)
        self.bundle.add_text(COURSE, as_yaml(values))
        if course.description:
            references = self.texts.of_description()
            self.bundle.add_text(DESCRIPTION, as_text(references, course.description))

    def _write_module(self, module, folder):
        values = {
            "id": _key(module, default=folder),
            "title": module.title,
            "description": module.description,
            "lesson_order": module.lesson_order,
            "opens_at": module.opens_at,
            "opens_after_days": module.opens_after_days,
            "is_draft": module.is_draft,
        }
        self.bundle.add_text(f"{folder}/{MODULE}", as_yaml(_without_defaults(Module, values)))

    def _write_lesson(self, lesson, path, items):
        values = {"title": lesson.title}
        values |= {name: getattr(lesson, name) for name in _LESSON_FIELDS}
        values = _without_defaults(Lesson, values)
        if _is_one_text(lesson, items):
            (said,) = items
            path = f"{path}.md"
            key = _key(lesson, default=path)
            values = {"id": key, "text_id": _unless(said.key, key or path), **values}
            body = said.content.body if said.content else ""
            values |= self.texts.of_item(said.item, body, said.uses)
            self.bundle.add_text(path, as_text(values, body))
            return
        values = {"id": _key(lesson, default=path), **values}
        self.bundle.add_text(f"{path}/{LESSON}", as_yaml(values))
        for number, said in enumerate(items, 1):
            self._write_item(said, _item_path(path, number, said))

    def _write_item(self, said, path):
        item, content = said.item, said.content
        values = {
            "id": _unless(said.key, path),
            "kind": item.kind,
            "title": item.title if not isinstance(content, ItemDraft) else content.title,
            "show_title": item.metadata.get("show_title") is True or None,
            "role": item.metadata.get("role", ""),
        }
        body = ""
        if content is not None:
            body = content.body
            values["url"] = content.url
            values["caption"] = content.caption
            values["file"] = self.shelf.path_of(content.media) if content.media else ""
            values["video"] = self._video(content.video) if content.video else {}
            values |= self.texts.of_item(item, body, said.uses)
        self.bundle.add_text(path, as_text(values, body))

    def _video(self, video):
        is_own = video.provider == VideoAsset.Provider.FILE
        named = {name: getattr(video, name) for name in ("file", "poster", "captions")}
        values = {
            "title": video.title,
            "description": video.description,
            "url": "" if is_own else page_url(video.provider, video.provider_id),
            **{name: self.shelf.path_of(asset) for name, asset in named.items() if asset},
            "duration_seconds": video.duration_seconds,
        }
        return {name: value for name, value in values.items() if value not in ("", None)}


def _outline_of(course):
    """Modules with their folders and lessons, lessons with their names and items, in order."""
    lessons_of: dict[UUID, list] = {}
    items_of = _items_of(course)
    for lesson in Lesson.objects.live().filter(course=course).order_by("position"):
        rows = lessons_of.setdefault(lesson.module_id, [])
        name = f"{len(rows) + 1}-{lesson.slug.lower()[:LONGEST].strip('-_')}".rstrip("-")
        rows.append((lesson, name, items_of.get(lesson.pk, [])))
    modules = Module.objects.live().filter(course=course).order_by("position")
    for number, module in enumerate(modules, 1):
        name = name_from(module.title, LONGEST) or "module"
        yield module, f"{number}-{name}", lessons_of.get(module.pk, [])


def _items_of(course) -> dict[UUID, list[_Said]]:
    of_version = ("media", "video__file", "video__poster", "video__captions")
    versions = [
        f"{place}__{name}" for place in ("item__current_version", "pinned_version")
        for name in of_version
    ]  # fmt: skip
    entries = list(
        LessonItem.objects.filter(lesson__course=course, lesson__deleted_at__isnull=True)
        .select_related("item", *versions)
        .order_by("lesson", "position")
    )
    new = [entry.item_id for entry in entries if entry.item.current_version_id is None]
    drafts = ItemDraft.objects.filter(item__in=new).select_related(*of_version).in_bulk()
    uses = _uses_of(entries)
    found: dict[UUID, list[_Said]] = {}
    for entry in entries:
        content = entry.pinned_version or entry.item.current_version or drafts.get(entry.item_id)
        before = found.setdefault(entry.lesson_id, [])
        key = _fresh_key(entry.item, {said.key for said in before})
        before.append(_Said(entry.item, key, content, uses.get(getattr(content, "pk", None), [])))
    return found


def _uses_of(entries):
    versions = [entry.pinned_version_id or entry.item.current_version_id for entry in entries]
    found: dict[UUID, list[MediaUse]] = {}
    for use in MediaUse.objects.filter(version__in=versions).select_related("media"):
        found.setdefault(use.version_id, []).append(use)
    return found


def _fresh_key(item, taken):
    """What names an item within its lesson; an item that is shown twice has a number the second time."""
    key = first = item.metadata.get("source") or str(item.pk)
    number = 2
    while key in taken:
        key, number = f"{first}~{number}", number + 1
    return key


def _is_one_text(lesson, items):
    """Whether a lesson is nothing but one text under its own title, so that one file says it all."""
    if len(items) != 1:
        return False
    (said,) = items
    item, content = said.item, said.content
    is_plain = item.kind == ContentItem.Kind.TEXT and not item.metadata.keys() & {
        "role",
        "show_title",
    }
    title = content.title if isinstance(content, ItemDraft) else item.title
    return is_plain and title == lesson.title and not (content and content.caption)


def _item_path(folder, number, said):
    return f"{folder}/{number}-{said.item.kind}.md"


def _key(row, *, default):
    return _unless(row.source or str(row.pk), default)


def _unless(key, default):
    """What names a row, where it is not its path already."""
    return "" if key == default else key


def _without_defaults(model, values):
    """Values but for those that a new row has anyway; what is true by default is named where it is false."""
    defaults = {field.name: field.get_default() for field in model._meta.concrete_fields}
    return {name: value for name, value in values.items() if value != defaults.get(name)}


def _yaml_of_files(records):
    return "".join(as_yaml({path: as_values}) for path, as_values in records.items() if as_values)
