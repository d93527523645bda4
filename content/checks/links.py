"""Links that lead nowhere. Other sites are not asked: of their addresses only the form is looked at."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit
from uuid import UUID

from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from content.checks.reading import ReadCourse, ReadItem
from content.models import MediaAsset
from content.outline import lessons_url
from content.rendering import anchor_of
from courses.preflight import Finding, Level

_LINK = re.compile(r'<a [^>]*?\bhref="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')
_MEDIA = re.compile(r'(?:href|src)="/media/([0-9a-f-]{36})/')
_HOST = re.compile(r"(?!-)[^\s.]+(\.[^\s.]+)+\Z|localhost\Z")


def check_links(content: ReadCourse) -> Iterator[Finding]:
    """Links within the site, and files, that are in the trash or not there."""
    finder = _Finder(content)
    gone = _files_gone(content.items)
    for item in content.items:
        names = {"title": item.title, "lesson": item.lesson.title}
        for href in links_of(item):
            if reason := finder.why_dead(href, item):
                text = _("A link in “%(title)s” (%(lesson)s) leads nowhere: %(reason)s")
                text %= names | {"reason": reason}
                yield content.about_item(Level.WARNING, "dead_link", text, item)
        if not gone.isdisjoint(_files_of(item)):
            text = _("“%(title)s” in “%(lesson)s” shows a file that is in the trash.") % names
            yield content.about_item(Level.WARNING, "file_in_trash", text, item)


def check_addresses(content: ReadCourse) -> Iterator[Finding]:
    """Addresses of other sites that no site can have."""
    for item in content.items:
        for href in links_of(item):
            if not is_external(href) or is_well_formed(href):
                continue
            text = _("An address in “%(title)s” (%(lesson)s) cannot be right: %(address)s")
            text %= {"title": item.title, "lesson": item.lesson.title, "address": href[:100]}
            yield content.about_item(Level.WARNING, "odd_address", text, item)


def links_of(item: ReadItem) -> list[str]:
    """The addresses of a text's links, each once."""
    found = _LINK.findall(item.html) if "<a " in item.html else ()
    return list(dict.fromkeys(unescape(href) for href in found))


def is_external(href: str) -> bool:
    return bool(re.match(r"[a-z][a-z0-9+.-]*:|//", href, re.IGNORECASE))


def is_well_formed(href: str) -> bool:
    """Whether a site, a mail address or a telephone could have this address."""
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
        parts.port  # noqa: B018 -- raises for what is no port
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    if parts.scheme not in ("", "http", "https"):
        return True
    return bool(_HOST.match(host)) and " " not in href.strip()


class _Finder:
    """Where the links of a course lead."""

    def __init__(self, content):
        self.content = content
        self.base = lessons_url(content.course.slug)
        self._ids = {}

    def why_dead(self, href, item):
        """Why a link within the site leads nowhere, in a sentence; "" where it leads somewhere."""
        if is_external(href):
            return ""
        here = f"{self.base}{item.lesson.slug}/"
        path, _hash, anchor = urljoin(here, href).partition("#")
        path = path.partition("?")[0]
        if not path.startswith(self.base):
            return self._why_no_page(path)
        slug = unquote(path.removeprefix(self.base)).strip("/")
        return self._why_no_lesson(slug, unquote(anchor))

    def _why_no_page(self, path):
        try:
            resolve(path)
        except Resolver404:
            return _("there is no page %(path)s.") % {"path": path[:100]}
        return ""

    def _why_no_lesson(self, slug, anchor):
        lesson = self.content.by_slug.get(slug)
        if lesson is None and slug in self.content.trashed:
            return _("“%(title)s” is in the trash.") % {"title": self.content.trashed[slug]}
        if lesson is None:
            return _("the course has no lesson “%(slug)s”.") % {"slug": slug[:100]}
        if lesson.is_waiting and self.content.course.is_published:
            return _("“%(title)s” is not published.") % {"title": lesson.title}
        if anchor and anchor not in self._ids_of(lesson):
            return _("“%(title)s” has no place “%(anchor)s”.") % {
                "title": lesson.title,
                "anchor": anchor[:100],
            }
        return ""

    def _ids_of(self, lesson):
        if lesson.slug not in self._ids:
            ids = {anchor_of(item.id) for item in lesson.items}
            for item in lesson.items:
                ids.update(_ID.findall(item.html))
            self._ids[lesson.slug] = ids
        return self._ids[lesson.slug]


def _files_of(item):
    return set(_MEDIA.findall(item.html)) if "/media/" in item.html else set()


def _files_gone(items) -> set[str]:
    """Of the files that items show, those in the trash or deleted. One query, none without files."""
    named = set().union(*map(_files_of, items)) if items else set()
    ids = {text for text in named if _is_uuid(text)}
    if not ids:
        return named
    there = MediaAsset.objects.filter(pk__in=ids, deleted_at__isnull=True)
    return named - {str(pk) for pk in there.values_list("pk", flat=True)}


def _is_uuid(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True
