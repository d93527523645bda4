"""Texts, videos and files of an import."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from content.importing.files import FileProblem
from content.importing.links import LinkFinder
from content.importing.merging import Merge
from content.importing.report import CREATED, REMOVED, UNCHANGED, UPDATED, Report
from content.importing.seals import is_sealed, opened
from content.importing.tree import CourseTree, ItemTree, LeftOut, LessonTree, Why
from content.models import ContentItem, ItemDraft, Lesson, LessonItem, MediaAsset, VideoAsset
from content.services import items as services
from content.services.items import ContentRefused
from content.services.media import add_media
from content.services.publishing import begin_draft, save_item_draft
from content.videos import video_at
from courses.cache import forget_course
from courses.models import Course
from lib import markdown
from lib.files import FileRefused
from users.models import User


class ContentsImporter:
    """Fills the lessons of a course with what the tree has for them."""

    def __init__(
        self,
        tree: CourseTree,
        course: Course,
        report: Report,
        *,
        by: User | None,
        now: datetime,
        merge: Merge,
        progress: Callable[[int, int, str], None] | None = None,
    ):
        self.tree, self.course, self.report = tree, course, report
        self.merge = merge
        self.who = {"by": by, "now": now}
        self.progress = progress or (lambda done, total, what: None)
        self.links = LinkFinder(tree, course.slug, self.media_for)
        self._access = MediaAsset.Access.COURSE
        self._files: dict[tuple[str, str], MediaAsset | None] = {}
        self._assets: dict[tuple[str, str], MediaAsset] = {}

    def run(self, lessons: list[tuple[LessonTree, Lesson]]) -> None:
        self._assets = {
            (asset.sha256, asset.access): asset
            for asset in MediaAsset.objects.filter(course=self.course, deleted_at__isnull=True)
        }
        pairs = self._arrange_items(lessons)
        for number, (node, item, lesson) in enumerate(pairs):
            self.progress(number, len(pairs) + 1, node.title)
            self._save(node, item, lesson)
        self.progress(len(pairs), len(pairs) + 1, self.course.title)
        self._describe_course()
        self.report.left_out += self.links.left_out
        self.report.quiz_link_count = len(self.links.quiz_links)
        self.report.image_count = len(self.links.images)
        self.progress(len(pairs) + 1, len(pairs) + 1, self.course.title)

    # Which items there are

    def _arrange_items(self, lessons):
        """Every item of the tree with its row, at its place; links can lead to them from now on."""
        known = self._known_entries()
        pairs = []
        for node, lesson in lessons:
            for place, item_node in enumerate(node.items, 1):
                entry = known.pop((lesson.pk, item_node.source), None)
                item = entry.item if entry else self._add_item(item_node, lesson, place)
                pairs.append((item_node, item, lesson))
                self.links.add_page(item_node.path or item_node.source, lesson, item)
            self._lead_to_lesson(node, lesson, pairs[len(pairs) - len(node.items) :])
        self._lead_to_modules({node.source for node, _lesson in lessons})
        self._remove(known.values(), {lesson.pk for _node, lesson in lessons})
        return pairs

    def _known_entries(self):
        entries = LessonItem.objects.filter(lesson__course=self.course).select_related(
            "item__current_version__video"
        )
        return {
            (entry.lesson_id, entry.item.metadata["source"]): entry
            for entry in entries
            if entry.item.metadata.get("source")
        }

    def _add_item(self, node, lesson, place):
        item = services.add_item(
            kind=node.kind, title=node.title, metadata=_metadata(node), **self.who
        )
        services.put_in_lesson(lesson, item, position=place, **self.who)
        return item

    def _lead_to_lesson(self, node, lesson, pairs):
        """A link to a lesson leads to its main text, one to the folder of an exact one to the page as a whole."""
        main = next((item for item_node, item, _lesson in pairs if not item_node.role), None)
        if all(item_node.is_exact for item_node, _item, _lesson in pairs):
            main = None
        elif main is None:
            return
        for path in node.paths:
            self.links.add_page(path, lesson, main)

    def _lead_to_modules(self, lessons):
        """A link to a module leads to its first lesson, which opens with what the module says."""
        for module in self.tree.modules:
            first = next((node for node in module.lessons if node.source in lessons), None)
            if first is None or not first.items:
                continue
            page = self.links.page_at(first.items[0].path or first.items[0].source)
            for path in module.paths:
                if path and page:
                    self.links.add_page(path, *page)

    def _remove(self, entries, lesson_ids):
        """Items that the folder no longer has, of lessons that it still has."""
        for entry in entries:
            if entry.lesson_id not in lesson_ids:
                continue
            services.take_from_lesson(entry, **self.who)
            entry.item.deleted_at = self.who["now"]
            entry.item.save(update_fields=["deleted_at", "updated_at"])
            self.report.note("item", REMOVED)

    # What they say

    def _save(self, node: ItemTree, item: ContentItem, lesson: Lesson) -> None:
        before = item.updated_at
        services.update_item(item, metadata=_metadata(node), **self.who)
        draft = ItemDraft.objects.filter(item=item).select_related("media", "video").first()
        form = draft or begin_draft(item)
        is_new = item.current_version_id is None and draft is None
        text = {
            "title": node.title,
            "body": node.body if node.is_exact else node.body.strip(),
            "media": self.media_for(node.file) if node.file else None,
            "video": self._video(node, form.video),
            "url": node.url,
            "caption": node.caption,
        }
        wanted = self._merged(node, lesson, text, form, is_new)
        has_changes = any(wanted[name] != getattr(form, name) for name in wanted)
        waits = self.course.is_published and not (is_new and lesson.is_draft)
        if draft is not None or (waits and (has_changes or is_new)):
            if has_changes or draft is None:
                self._draft(node, item, wanted, draft)
            happened = UPDATED if has_changes else UNCHANGED
            self.report.note("item", CREATED if is_new else happened)
            return
        if waits:
            self.report.note("item", UNCHANGED)
            return
        is_text = wanted["body"] == text["body"]
        references = self.links.references(node) if is_text else None
        services.update_item(item, title=wanted.pop("title"), **self.who)
        try:
            saved = services.save_version(item, **wanted, references=references, **self.who)
        except ContentRefused as error:
            self._keep_unfinished(node, item, wanted, error)
            return
        if is_new:
            self.report.note("item", CREATED)
        else:
            item.refresh_from_db(fields=["updated_at"])
            changed = saved.is_new or item.updated_at != before
            self.report.note("item", UPDATED if changed else UNCHANGED)

    def _merged(self, node, lesson, text, form, is_new):
        """What the item is to say: of each piece what the text has, or what the forms made of it."""
        prefix = f"item/{lesson.source or lesson.pk}/{node.source}"
        said = {name: _comparable(value) for name, value in text.items()}
        if is_new:
            self.merge.note(prefix, said)
            return text
        current = {name: _comparable(getattr(form, name)) for name in text}
        taken = self.merge.changes(prefix, said, current, where=lesson.title)
        same = {name for name in text if said[name] == current[name]}
        return {
            name: text[name] if name in taken or name in same else getattr(form, name)
            for name in text
        }

    def _draft(self, node, item, wanted, draft):
        """Let it wait until somebody publishes it, with what its pictures and links mean."""
        references = self.links.references(node)
        markdown.render(
            wanted["body"], resolve_image=references.image, resolve_link=references.link
        )
        files = {src: str(asset.pk) for src, asset in references.used.items()}
        known = {**item.metadata.get("files", {}), **files}
        links = {**item.metadata.get("links", {}), **references.links}
        meant = {name: value for name, value in (("files", known), ("links", links)) if value}
        services.update_item(item, metadata=meant, **self.who)
        revision = draft.revision if draft else 0
        save_item_draft(item, revision=revision, **wanted, **self.who)

    def _keep_unfinished(self, node, item, values, error):
        """What an item of its kind cannot show yet waits in its draft, if nothing else was said before."""
        self.report.left_out.append(LeftOut(node.place, Why.BROKEN, str(error)))
        if item.current_version_id is None and not ItemDraft.objects.filter(item=item).exists():
            save_item_draft(item, revision=0, **values, **self.who)

    def _video(self, node, current):
        wanted = node.video
        if node.kind != ContentItem.Kind.VIDEO or wanted is None:
            return None
        files = {
            name: self.media_for(path) if path else None
            for name in ("file", "poster", "captions")
            for path in [getattr(wanted, name)]
        }
        if files["file"] is None and video_at(wanted.url) is None:
            return None
        title = wanted.title or node.title
        if current is not None and self._is_same_video(current, wanted, files):
            return current
        return services.add_video(
            title=title,
            url=wanted.url,
            description=wanted.description,
            duration_seconds=wanted.duration_seconds,
            **files,
            **self.who,
        )

    def _is_same_video(self, current, wanted, files):
        if any(getattr(current, name) != file for name, file in files.items()):
            return False
        if files["file"] is None and (current.provider, current.provider_id) != video_at(
            wanted.url
        ):
            return False
        said = {
            name: getattr(wanted, name) for name in ("title", "description", "duration_seconds")
        }
        return all(getattr(current, name) == value for name, value in said.items() if value)

    def _describe_course(self):
        """The description once more, with its pictures, which guests see too, and its links."""
        if not self.course.description:
            return
        self._access = MediaAsset.Access.PUBLIC
        node = ItemTree(
            self.tree.description_path,
            self.course.title,
            files=self.tree.description_files,
            links=self.tree.description_links,
        )
        references = self.links.references(node)
        html = markdown.render(
            self.course.description, resolve_image=references.image, resolve_link=references.link
        ).html
        changed = (
            Course.objects.filter(pk=self.course.pk)
            .exclude(description_html=html)
            .update(description_html=html)
        )
        if changed:
            forget_course(self.course.pk)

    # Files

    def media_for(self, path: str) -> MediaAsset | None:
        """The file of the folder in the library; None, with the reason in the report, if it is refused."""
        key = (path, self._access)
        if key not in self._files:
            try:
                self._files[key] = self._add_file(path)
            except (FileProblem, FileRefused) as problem:
                self._files[key] = None
                is_unknown = getattr(problem, "code", "") == "unknown_type"
                why = Why.SKIPPED if is_unknown else Why.BROKEN
                self.report.left_out.append(LeftOut(path, why, str(problem)))
        return self._files[key]

    def _add_file(self, path):
        data = self.tree.files.read(path)
        about = self.tree.about_files.get(path)
        about = about if isinstance(about, dict) else {}
        access = self._access_of(about)
        checksum = hashlib.sha256(data).hexdigest()
        origin = about.get("origin")
        is_ours = is_sealed(checksum, origin=origin, seal=about.get("seal"))
        if is_ours:
            checksum = origin
        asset = self._assets.get((checksum, access))
        if asset is not None:
            self.report.note("file", UNCHANGED)
            return asset
        source = "" if access == MediaAsset.Access.PUBLIC else path[:500]
        # The path now means another file; what older versions show stays.
        former = MediaAsset.objects.filter(course=self.course, source=source).exclude(source="")
        changed = former.update(source="")
        asset = add_media(
            opened(data, is_ours=is_ours),
            name=path.rpartition("/")[2],
            title=_text_of(about, "title"),
            alt=_text_of(about, "alt"),
            tags=[tag for tag in _list_of(about, "tags") if isinstance(tag, str)],
            course=self.course,
            access=access,
            source=source,
            sha256=checksum,
            **self.who,
        )
        self._assets[checksum, access] = asset
        self.report.note("file", UPDATED if changed else CREATED)
        return asset

    def _access_of(self, about):
        said = about.get("access")
        return said if said in set(MediaAsset.Access) else self._access


def _comparable(value):
    """A file by its id, a video by what it shows, all else as it is."""
    if isinstance(value, MediaAsset):
        return str(value.pk)
    if isinstance(value, VideoAsset):
        files = [
            str(pk) if pk else "" for pk in (value.file_id, value.poster_id, value.captions_id)
        ]
        return [value.provider, value.provider_id, *files]
    return value


def _metadata(node):
    values = {"source": node.source, "role": node.role, "show_title": node.show_title}
    return {name: value for name, value in values.items() if value not in ("", False)}


def _text_of(about, name):
    value = about.get(name)
    return value if isinstance(value, str) else ""


def _list_of(about, name):
    value = about.get(name)
    return value if isinstance(value, list) else []
