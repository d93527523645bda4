"""Texts, videos and files of an import."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from content.importing.files import FileProblem
from content.importing.links import LinkFinder
from content.importing.report import CREATED, REMOVED, UNCHANGED, UPDATED, Report
from content.importing.tree import CourseTree, ItemTree, LeftOut, LessonTree, Why
from content.models import ContentItem, Lesson, LessonItem, MediaAsset
from content.services import items as services
from content.services.items import ContentRefused
from content.services.media import add_media
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
        progress: Callable[[int, int, str], None] | None = None,
    ):
        self.tree, self.course, self.report = tree, course, report
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
        for number, (node, item) in enumerate(pairs):
            self.progress(number, len(pairs) + 1, node.title)
            self._save(node, item)
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
                pairs.append((item_node, item))
                self.links.add_page(item_node.source, lesson, item)
            main = next(
                (item for item_node, item in pairs[-len(node.items) :] if not item_node.role), None
            )
            for path in node.paths:
                if main is not None:
                    self.links.add_page(path, lesson, main)
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

    def _lead_to_modules(self, lessons):
        """A link to a module leads to its first lesson, which opens with what the module says."""
        for module in self.tree.modules:
            first = next((node for node in module.lessons if node.source in lessons), None)
            if first is None:
                continue
            page = self.links.page_at(first.items[0].source)
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

    def _save(self, node: ItemTree, item: ContentItem) -> None:
        before = item.updated_at
        services.update_item(item, title=node.title, metadata=_metadata(node), **self.who)
        references = self.links.references(node)
        was_empty = item.current_version_id is None
        try:
            saved = services.save_version(
                item,
                body=node.body.strip(),
                video=self._video(node, item),
                caption=node.caption,
                references=references,
                **self.who,
            )
        except ContentRefused as error:
            self.report.left_out.append(LeftOut(node.source, Why.BROKEN, str(error)))
            return
        if was_empty:
            self.report.note("item", CREATED)
        else:
            item.refresh_from_db(fields=["updated_at"])
            changed = saved.is_new or item.updated_at != before
            self.report.note("item", UPDATED if changed else UNCHANGED)

    def _video(self, node, item):
        if node.kind != ContentItem.Kind.VIDEO:
            return None
        found = video_at(node.video_url)
        current = item.current_version.video if item.current_version_id else None
        if current is not None and (current.provider, current.provider_id) == found:
            return current
        return services.add_video(title=node.title, url=node.video_url, **self.who)

    def _describe_course(self):
        """The description once more, with its pictures, which guests see too, and its links."""
        if not self.course.description:
            return
        self._access = MediaAsset.Access.PUBLIC
        references = self.links.references(ItemTree(self.tree.description_path, self.course.title))
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
        checksum = hashlib.sha256(data).hexdigest()
        asset = self._assets.get((checksum, self._access))
        if asset is not None:
            self.report.note("file", UNCHANGED)
            return asset
        source = "" if self._access == MediaAsset.Access.PUBLIC else path[:500]
        # The path now means another file; what older versions show stays.
        former = MediaAsset.objects.filter(course=self.course, source=source).exclude(source="")
        changed = former.update(source="")
        asset = add_media(
            BytesIO(data),
            name=path.rpartition("/")[2],
            course=self.course,
            access=self._access,
            source=source,
            sha256=checksum,
            **self.who,
        )
        self._assets[checksum, self._access] = asset
        self.report.note("file", UPDATED if changed else CREATED)
        return asset


def _metadata(node):
    values = {"source": node.source, "role": node.role, "show_title": node.show_title}
    return {name: value for name, value in values.items() if value not in ("", False)}
