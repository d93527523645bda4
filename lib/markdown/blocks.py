"""The tags and the outermost elements of HTML as nh3 writes it and `render` returns it."""

import re
from collections.abc import Iterator

TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_EMPTY = {"br", "col", "hr", "img", "input", "source", "wbr"}  # elements without an end


def top_level(html: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each element that stands in no other, in order."""
    depth = start = 0
    for tag in TAG.finditer(html):
        is_closing, name, _attributes = tag.groups()
        if depth == 0:
            start = tag.start()
        if name not in _EMPTY:
            depth += -1 if is_closing else 1
        if depth == 0:
            yield name, start, tag.end()


def split_at_heading(html: str) -> tuple[str, str]:
    """What stands before the first outermost heading that is not the very beginning, and the rest."""
    for name, start, _end in top_level(html):
        if name in HEADINGS and html[:start].strip():
            return html[:start].strip(), html[start:]
    return html, ""
