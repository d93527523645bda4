"""One walk over clean HTML: heading levels and ids, images, links, tables.

It relies on the form in which nh3 writes HTML (every tag closed, every attribute in double quotes,
`<` in text escaped) and lets no attribute through that nh3 did not.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify
from django.utils.translation import gettext as _

from lib.markdown.blocks import HEADINGS, TAG
from lib.markdown.plain import plain_text

_EMPTY_HEAD = re.compile(r"<th([^>]*)>\s*</th>")
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SLUG_LENGTH = 60
_MAX_PIXELS_SHOWN = 10_000


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 2–6, as shown; `id` is what a link to it names."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """`src` as the author wrote it, `url` as it is shown, "" if it could not be found."""

    src: str
    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Link:
    """`href` as the author wrote it, `url` as it is shown, "" if it leads nowhere."""

    href: str
    url: str
    is_external: bool


@dataclass(frozen=True, slots=True)
class ImageSource:
    """Where an image really is, and its size in pixels if known."""

    url: str
    width: int | None = None
    height: int | None = None
    srcset: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML and what was found in it; `text` is the plain text, for search and excerpts."""

    html: str
    headings: tuple[Heading, ...]
    images: tuple[Image, ...]
    links: tuple[Link, ...]
    text: str


class Finisher:
    """Finishes one text; not to be used twice."""

    def __init__(
        self,
        mark: str,
        id_prefix: str,
        resolve_image: Callable[[str], ImageSource | str | None] | None,
        resolve_link: Callable[[str], str | None] | None,
    ):
        self._mark = mark
        self._id_prefix = id_prefix
        self._resolve_image = resolve_image
        self._resolve_link = resolve_link
        self._out: list[str] = []
        self._headings: list[Heading] = []
        self._images: list[Image] = []
        self._links: list[Link] = []
        self._ids: set[str] = set()
        self._repeats: dict[str, int] = {}
        self._levels: list[int] = []  # the levels as written, of the headings we are under
        self._heading: tuple[int, int] | None = None  # where it starts in _out, and its level
        self._dropped_links = 0
        self._tables = 0
        self._table_depth = 0
        self._anchors: list[tuple[int, str]] = []  # links within the text, settled at the end

    def finish(self, html: str) -> Rendered:
        position = 0
        for match in TAG.finditer(html):
            self._out.append(html[position : match.start()])
            position = match.end()
            closing, tag, raw = match.groups()
            raw = raw.replace(' class=""', "")  # what is left where no class was allowed
            if handler := self._handlers.get(tag):
                handler(self, tag, bool(closing), raw)
            else:
                self._out.append(f"<{closing}{tag}{raw}>")
        self._out.append(html[position:])
        self._settle_anchors()
        # A head without a word, such as the corner of a table, heads nothing.
        finished = _EMPTY_HEAD.sub(r"<td\1></td>", "".join(self._out))
        return Rendered(
            finished,
            tuple(self._headings),
            tuple(self._images),
            tuple(self._links),
            plain_text(finished),
        )

    def _emit(self, tag, attributes):
        written = "".join(
            f' {name}="{escape(str(value))}"'
            for name, value in attributes.items()
            if value is not None
        )
        self._out.append(f"<{tag}{written}>")

    def _own_id(self, attributes):
        """Keeps an id that we wrote ourselves, under the text's prefix; drops all others."""
        value = attributes.pop("id", "")
        if value.startswith(self._mark):
            attributes["id"] = self._id_prefix + value.removeprefix(self._mark)

    # Headings
    def _on_heading(self, tag, is_closing, raw):
        if not is_closing:
            written = HEADINGS[tag]
            while self._levels and self._levels[-1] >= written:
                self._levels.pop()
            level = min(2 + len(self._levels), 6)
            self._levels.append(written)
            self._heading = (len(self._out), level)
            self._out.append(raw)
            return
        if self._heading is None:
            return
        start, level = self._heading
        self._heading = None
        text = plain_text("".join(self._out[start + 1 :])).replace("\n", " ")
        if not text and not any(part.startswith("<img") for part in self._out[start + 1 :]):
            del self._out[start:]  # an empty heading tells a screen reader nothing
            self._levels.pop()
            return
        heading_id = self._fresh_id(text)
        self._headings.append(Heading(level, heading_id, text))
        kept = "".join(f' {name}="{value}"' for name, value in _ATTRIBUTE.findall(self._out[start]))
        self._out[start] = f'<h{level} id="{escape(heading_id)}"{kept}>'
        self._out.append(f"</h{level}>")

    def _fresh_id(self, text):
        base = self._id_prefix + (_slug(text) or "section")
        heading_id = base
        while heading_id in self._ids:
            self._repeats[base] = self._repeats.get(base, 1) + 1
            heading_id = f"{base}-{self._repeats[base]}"
        self._ids.add(heading_id)
        return heading_id

    # Links
    def _on_link(self, tag, is_closing, raw):
        if is_closing:
            if self._dropped_links:
                self._dropped_links -= 1
            else:
                self._out.append("</a>")
            return
        attributes = _attributes(raw)
        self._own_id(attributes)
        href = attributes.get("href", "").strip()
        if not href or _CONTROL.search(href):
            self._dropped_links += 1
            return
        if href.startswith("#"):
            self._anchors.append((len(self._out), href[1:]))
            self._emit("a", attributes)
            return
        url = self._resolved_link(href)
        is_external = _is_external(url)
        self._links.append(Link(href, url, is_external))
        if not url:
            self._dropped_links += 1
            return
        attributes["href"] = url
        if is_external:
            attributes["rel"] = "noopener nofollow"
        self._emit("a", attributes)

    def _resolved_link(self, href):
        if self._resolve_link is None:
            return href
        url = self._resolve_link(href)
        return href if url is None else url

    def _settle_anchors(self):
        """Points links within the text at the ids the headings and notes got."""
        for index, target in self._anchors:
            if target.startswith(self._mark):
                url = f"#{self._id_prefix}{target.removeprefix(self._mark)}"
            else:
                heading_id = self._id_prefix + _slug(unquote(target))
                url = f"#{heading_id}" if heading_id in self._ids else f"#{target}"
                self._links.append(
                    Link(f"#{target}", url if heading_id in self._ids else "", False)
                )
            self._out[index] = re.sub(
                r' href="[^"]*"',
                lambda _match, url=url: f' href="{escape(url)}"',
                self._out[index],
                count=1,
            )

    # Images
    def _on_image(self, tag, is_closing, raw):
        attributes = _attributes(raw)
        src, alt = attributes.get("src", "").strip(), attributes.get("alt", "")
        if not src or _CONTROL.search(src):
            self._out.append(escape(alt))
            return
        source = self._resolve_image(src) if self._resolve_image else src
        if isinstance(source, str):
            source = ImageSource(source) if source else None
        self._images.append(Image(src, source.url if source else "", alt))
        if source is None:
            shown = alt or _("An image is missing here.")
            self._out.append(f'<span class="missing-image">{escape(shown)}</span>')
            return
        self._emit(
            "img",
            {
                "src": source.url,
                "srcset": source.srcset or None,
                "alt": alt,
                "title": attributes.get("title"),
                "width": source.width or _pixels(attributes.get("width")),
                "height": source.height or _pixels(attributes.get("height")),
                "loading": "lazy",
                "decoding": "async",
            },
        )

    # Tables, listings, tasks
    def _on_table(self, tag, is_closing, raw):
        self._table_depth += -1 if is_closing else 1
        if is_closing:
            self._out.append("</table></div>" if not self._table_depth else "</table>")
            return
        if self._table_depth == 1:
            self._tables += 1
            label = _("Table %(number)d") % {"number": self._tables}
            self._emit(
                "div",
                {"class": "table-scroll", "tabindex": "0", "role": "region", "aria-label": label},
            )
        self._emit("table", {"class": "table", **_attributes(raw)})

    def _on_pre(self, tag, is_closing, raw):
        # A listing that is wider than the page scrolls, so the keyboard has to reach it.
        self._out.append("</pre>" if is_closing else f'<pre tabindex="0"{raw}>')

    def _on_list_item(self, tag, is_closing, raw):
        if is_closing:
            self._out.append("</li>")
            return
        attributes = _attributes(raw)
        self._own_id(attributes)
        self._emit("li", attributes)

    def _on_span(self, tag, is_closing, raw):
        if is_closing or "task-box" not in raw:
            self._out.append("</span>" if is_closing else f"<span{raw}>")
            return
        label = _("Done") if "is-done" in raw else _("To do")
        self._emit("span", {**_attributes(raw), "role": "img", "aria-label": label})

    _handlers = {
        **dict.fromkeys(HEADINGS, _on_heading),
        "a": _on_link,
        "img": _on_image,
        "table": _on_table,
        "pre": _on_pre,
        "li": _on_list_item,
        "span": _on_span,
    }


def _attributes(raw):
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(raw)}


def _slug(text):
    return slugify(text, allow_unicode=True)[:_SLUG_LENGTH].strip("-")


def _is_external(url):
    try:
        return bool(urlsplit(url.replace("\\", "/")).netloc)
    except ValueError:
        return True


def _pixels(value):
    if value and value.isascii() and value.isdigit() and 0 < int(value[:6]) <= _MAX_PIXELS_SHOWN:
        return int(value[:6])
    return None
