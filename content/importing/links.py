"""What texts of a folder point at: other lessons, files beside them, places elsewhere."""

import re
from collections.abc import Callable
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from content.importing.tree import CourseTree, ItemTree, LeftOut, Why
from content.models import ContentItem, Lesson, MediaAsset
from content.rendering import anchor_of, anchor_prefix
from content.resolving import References

_QUIZ = re.compile(r"/quiz/\d+/?$")
_VIDEO_PICTURE = re.compile(r"https://(img\.youtube\.com|i\.ytimg\.com|i\.vimeocdn\.com)/")
_TEXT_ENDINGS = (".md", ".markdown")
_ANCHOR_LENGTH = 60  # as lib.markdown cuts the ids of headings


class Elsewhere(Exception):  # noqa: N818 -- no error: the address is not one of the folder
    """The address leads out of the folder, to a site, a mail address or a place on the same page."""


class LinkFinder:
    """Resolves images and links of the texts of one tree, and notes what they miss.

    `media_for(path)` gives a file of the folder as a file of the library, or None after noting why not.
    """

    def __init__(
        self, tree: CourseTree, course_slug: str, media_for: Callable[[str], MediaAsset | None]
    ):
        self.tree = tree
        self.course_slug = course_slug
        self.media_for = media_for
        self.left_out: list[LeftOut] = []
        self.quiz_links: set[tuple[str, str]] = set()
        self.images: set[str] = set()  #: paths of the pictures that are shown
        self._pages: dict[str, tuple[Lesson, ContentItem | None]] = {}

    def add_page(self, path: str, lesson: Lesson, item: ContentItem | None) -> None:
        """Let links to this path lead to an item of a lesson, or to the lesson as a whole."""
        self._pages.setdefault(path, (lesson, item))

    def page_at(self, path: str) -> tuple[Lesson, ContentItem | None] | None:
        return self._pages.get(path)

    def references(self, item: ItemTree) -> References:
        """References of one text, whose relative addresses begin at its own folder."""
        source = item.place

        def image(src):
            if src in item.files:
                return self._named_image(source, src, item.files[src])
            return self.find_image(source, src)

        def link(href):
            if href in item.links:
                return self._named_link(source, href, item.links[href])
            return self.find_link(source, href)

        return References(image, link)

    def _named_image(self, source, src, path):
        """The picture that a text's own list names for an address."""
        return None if path is None else self._image_at(source, src, path)

    def _named_link(self, source, href, target):
        """What a text's own list says of a link: a page or file, "" for plain text, None to leave it."""
        if not target:
            return target
        path, _hash, anchor = target.partition("#")
        return self._found(source, href, "" if path == "." else path, anchor, is_exact=True)

    def find_image(self, source: str, src: str) -> MediaAsset | None:
        try:
            path, _anchor = _path_of(source, src)
        except Elsewhere:
            if not _VIDEO_PICTURE.match(src):  # its video is offered instead
                self._note(source, Why.IMAGE, src, _("Pictures of other sites are not loaded."))
            return None
        if path is None:
            self._note(source, Why.IMAGE, src, _("It would lead out of the folder."))
            return None
        return self._image_at(source, src, path)

    def _image_at(self, source, src, path):
        if not self.tree.files.has(path):
            self._note(source, Why.IMAGE, src, _("There is no such file."))
            return None
        asset = self.media_for(path)
        if asset is not None and asset.kind != MediaAsset.Kind.IMAGE:
            self._note(source, Why.IMAGE, src, _("This file is no picture."))
            return None
        if asset is not None:
            self.images.add(path)
        return asset

    def find_link(self, source: str, href: str) -> MediaAsset | str | None:
        """An address, a file, "" for plain text, or None to leave the link as it is."""
        if _QUIZ.search(href.partition("?")[0]):
            self.quiz_links.add((source, href))
        try:
            path, anchor = _path_of(source, href)
        except Elsewhere:
            return None
        if path is None:
            return self._nowhere(source, href, _("It would lead out of the folder."))
        return self._found(source, href, path, anchor)

    def _found(self, source, href, path, anchor, *, is_exact=False):
        if path in self.tree.paths:
            return reverse("courses:detail", args=[self.course_slug])
        if page := self._pages.get(path):
            return self._page_url(page, anchor, is_exact)
        if not self.tree.files.has(path):
            return self._nowhere(source, href, _("There is nothing of this name in the folder."))
        if path.lower().endswith(_TEXT_ENDINGS):
            return self._nowhere(source, href, _("This text is not a part of the course."))
        asset = self.media_for(path)
        if asset is None:
            return self._nowhere(source, href, _("This file cannot be offered."))
        return asset

    def _page_url(self, page, anchor, is_exact):
        lesson, item = page
        url = reverse("progress:lesson", args=[self.course_slug, lesson.slug])
        name = anchor
        if not is_exact:
            name = slugify(unquote(anchor), allow_unicode=True)[:_ANCHOR_LENGTH].strip("-")
        if item is None:
            return f"{url}#{anchor}" if anchor else url
        if name:
            return f"{url}#{anchor_prefix(item.pk)}{name}"
        is_main = item.metadata.get("role", "") == ""
        return url if is_main else f"{url}#{anchor_of(item.pk)}"

    def _nowhere(self, source, href, reason):
        self._note(source, Why.LINK, href, reason)
        return ""

    def _note(self, source, why, address, reason):
        entry = LeftOut(source, why, f"{address[:200]}: {reason}")
        if entry not in self.left_out:
            self.left_out.append(entry)


def _path_of(source: str, address: str) -> tuple[str | None, str]:
    """Path inside of the folder and anchor of an address in a text; no path if it would lead out.

    "/x" begins at the folder itself, as the sites of such courses have it. Raises Elsewhere.
    """
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None, ""
    if parts.scheme or parts.netloc:
        raise Elsewhere
    path = unquote(parts.path).replace("\\", "/")
    if not path:
        raise Elsewhere
    whole = path.lstrip("/") if path.startswith("/") else f"{dirname(source)}/{path}".lstrip("/")
    clean = normpath(whole) if whole else "."
    if clean == ".":
        return "", parts.fragment
    if clean == ".." or clean.startswith(("../", "/")) or "\x00" in clean:
        return None, ""
    return clean, parts.fragment
