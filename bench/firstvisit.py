"""What a first visit loads beside pictures: the page, its styles, scripts, icons and fonts."""

import gzip
import re
from dataclasses import dataclass
from posixpath import dirname, join, normpath

from bench.people import HOST
from bench.servers import Server

LINKS = re.compile(
    rb"""<link[^>]+?rel=["']?(?:stylesheet|modulepreload|preload|icon|manifest)[^>]*?href=["']?([^"'\s>]+)"""
    rb"""|<link[^>]+?href=["']?([^"'\s>]+)[^>]*?rel=["']?(?:stylesheet|modulepreload|preload|icon|manifest)"""
    rb"""|<script[^>]+?src=["']?([^"'\s>]+)|<use[^>]+?href=["']?([^"'\s>#]+)"""
)
FOREIGN_FONT = re.compile(
    rb"@font-face\s*\{[^}]*unicode-range:(?![^;}]*U\+0000)[^}]*\}", re.IGNORECASE
)
FROM_CSS = re.compile(rb"""url\(["']?([^"')]+)["']?\)|@import\s+["']([^"']+)["']""")
#: `"[data-zoom], .prose img": () => import("./zoom.js")`, which is loaded where the page has such a thing.
WHERE_NEEDED = re.compile(
    rb"""(["'])(?P<selector>[^\n]+?)\1: \(\) => import\(["'](?P<script>\./[^"']+)["']\),?"""
)
MARK_IN_SELECTOR = re.compile(rb"data-[a-z-]+|(?<=\.)[a-z-]+")
FROM_SCRIPT = re.compile(rb"""(?:from|import)\s*\(?["'](\.{0,2}/[^"']+)["']""")


@dataclass(frozen=True)
class Visit:
    files: dict[str, int]  # address → compressed bytes

    @property
    def total(self) -> int:
        return sum(self.files.values())


def first_visit(server: Server, path: str) -> Visit:
    """Follow a page's links the way a browser with an empty cache would; fonts and icons count."""
    files, waiting, page = {}, [path], b""
    while waiting:
        address = waiting.pop()
        if address in files:
            continue
        status, headers, body = server.get(address, HOST, **{"Accept-Encoding": "gzip"})
        if status != 200:
            continue
        is_packed = headers.get("content-encoding") == "gzip"
        text = gzip.decompress(body) if is_packed else body
        kind = headers.get("content-type", "").partition(";")[0]
        is_text = kind.startswith("text/") or kind.endswith(("javascript", "json", "svg+xml"))
        files[address] = len(body) if is_packed or not is_text else len(gzip.compress(text, 6))
        page = page or text
        needed = without_idle_scripts(text, page)
        waiting += [join_address(address, link) for link in links_in(needed, kind)]
    return Visit(files)


def without_idle_scripts(text: bytes, page: bytes) -> bytes:
    """A script without its imports of what the page does not call for."""
    return WHERE_NEEDED.sub(lambda part: part.group() if is_needed(part, page) else b"", text)


def is_needed(part: re.Match, page: bytes) -> bool:
    """Whether the page has what a script of its own looks for, by the marks that its selector names."""
    return any(mark in page for mark in MARK_IN_SELECTOR.findall(part["selector"]))


def links_in(text: bytes, kind: str) -> list[str]:
    patterns = {"text/html": LINKS, "text/css": FROM_CSS, "text/javascript": FROM_SCRIPT}
    pattern = patterns.get(kind) or (FROM_SCRIPT if kind.endswith("javascript") else None)
    if pattern is None:
        return []
    if kind == "text/css":
        text = FOREIGN_FONT.sub(
            b"", text
        )  # a browser leaves fonts alone whose letters the page lacks
    found = [
        next(filter(None, groups))
        for groups in (match.groups() for match in pattern.finditer(text))
    ]
    links = [link.decode() for link in found]
    return [link for link in links if not link.startswith(("data:", "#", "http:", "https:"))]


def join_address(base: str, link: str) -> str:
    link = link.partition("#")[0]
    return link if link.startswith("/") else normpath(join(dirname(base), link))
