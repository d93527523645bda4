"""What a text shows and where it leads, named by the files of the export instead of by rows."""

import re
from posixpath import normpath
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.urls import reverse

from content.exporting.shelf import Shelf
from content.models import ContentItem, Lesson, MediaAsset, MediaUse
from content.rendering import anchor_of, anchor_prefix
from courses.models import Course
from lib import markdown

_MEDIA = re.compile(r"/media/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
#: Each picture of a rendered text in order: its address, or nothing for one that is missing.
_SHOWN = re.compile(r'<img [^>]*?src="([^"]*)"|<span class="missing-image">')
COURSE_PAGE = "."


class Places:
    """Where the pages of a course are in its export."""

    def __init__(self, course: Course):
        self.course_url = reverse("courses:detail", args=[course.slug])
        self._lessons: dict[str, tuple[str, list]] = {}
        self._by_source: dict[str, str] = {}

    def add_lesson(self, lesson: Lesson, path: str, items: list[tuple[ContentItem, str]]) -> None:
        """A lesson at a path, with its items at theirs."""
        self._lessons[lesson.slug] = (path, items)
        if lesson.source:
            self._by_source.setdefault(lesson.source, path)

    def path_of(self, url: str) -> str | None:
        """The path, with an anchor perhaps, that stands for an address of this course; None for others."""
        parts = urlsplit(url)
        if parts.scheme or parts.netloc or not parts.path.startswith(self.course_url):
            return None
        rest = parts.path.removeprefix(self.course_url).strip("/")
        if not rest:
            return COURSE_PAGE
        kind, _slash, slug = rest.partition("/")
        if kind != "lessons" or slug not in self._lessons:
            return None
        return self._within(slug, parts.fragment)

    def _within(self, slug, anchor):
        lesson_path, items = self._lessons[slug]
        for item, path in items:
            if anchor == anchor_of(item.pk):
                return path
            if anchor.startswith(anchor_prefix(item.pk)):
                return f"{path}#{anchor.removeprefix(anchor_prefix(item.pk))}"
        return f"{lesson_path}#{anchor}" if anchor else lesson_path

    def by_source(self, path: str) -> str | None:
        """The lesson that once came from this path of a folder."""
        return self._by_source.get(path) or self._by_source.get(f"{path}/README.md")


class TextReferences:
    """Files and links of texts, as the front matter of a file names them."""

    def __init__(self, course: Course, shelf: Shelf, places: Places):
        self.course, self.shelf, self.places = course, shelf, places

    def of_item(self, item: ContentItem, body: str, uses: list[MediaUse]) -> dict[str, dict]:
        """`files` and `links` of an item's text. Addresses of other sites are left as they are."""
        known = {use.src: use.media for use in uses if use.src}
        stored = item.metadata.get("links", {})
        images, hrefs = _addresses(body)
        files = {}
        for src in images:
            if not _is_elsewhere(src):
                asset = known.get(src[:500]) or self._library_file(src, any_course=True)
                files[src] = self.shelf.path_of(asset) if asset else None
        links = {}
        for href in hrefs:
            if _is_elsewhere(href):
                continue
            asset = known.get(href[:500]) or self._library_file(href)
            if asset is not None:
                links[href] = self.shelf.path_of(asset)
            else:
                links[href] = self._target(href, stored)
        return _sorted(files, links)

    def of_description(self) -> dict[str, dict]:
        """The same of the course's description, whose pictures are known from its HTML alone."""
        description = self.course.description
        images = [image.src for image in markdown.render(description).images]
        shown = _SHOWN.findall(self.course.description_html)
        ids = [UUID(match.group(1)) if (match := _MEDIA.match(url)) else None for url in shown]
        assets = MediaAsset.objects.in_bulk([media_id for media_id in ids if media_id])
        files = {}
        if len(ids) == len(images):
            found = {src: assets.get(media_id) for src, media_id in zip(images, ids, strict=True)}
            files = {
                src: self.shelf.path_of(asset) if asset else None
                for src, asset in found.items()
                if not _is_elsewhere(src)
            }
        _images, hrefs = _addresses(description)
        links = {href: self._of_course(href) for href in hrefs if not _is_elsewhere(href)}
        return _sorted(files, links)

    def _of_course(self, href):
        found = self._target(href, {}) or self.places.by_source(_path_at_root(href))
        return found if found or href.startswith("/") else ""

    def _target(self, href, stored):
        resolved = stored.get(href, href)
        return "" if resolved == "" else self.places.path_of(resolved)

    def _library_file(self, address, *, any_course=False):
        """The file of the library that a text names by its id, unless it belongs to another course.

        Pictures were shown to people of this course already.
        """
        match = _MEDIA.match(address)
        if match is None:
            return None
        files = MediaAsset.objects.filter(pk=UUID(match.group(1)), deleted_at__isnull=True)
        if any_course:
            return files.filter(kind=MediaAsset.Kind.IMAGE).first()
        return files.filter(course=self.course).first()


def _addresses(body):
    """Pictures and links of a text in order, each once."""
    images: dict[str, None] = {}
    links: dict[str, None] = {}
    if body:
        markdown.render(
            body,
            resolve_image=lambda src: images.setdefault(src),
            resolve_link=lambda href: links.setdefault(href),
        )
    return list(images), list(links)


def _sorted(files, links):
    return {
        "files": dict(sorted(files.items())),
        "links": dict(sorted(links.items())),
    }


def _is_elsewhere(address):
    """Whether it leads to another site, a mail address, or a place on the same page."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    return bool(parts.scheme or parts.netloc or not parts.path)


def _path_at_root(href):
    path = unquote(urlsplit(href).path).lstrip("/")
    return normpath(path) if path else ""
