"""Images without words, and headings that skip levels."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from content.checks.reading import ReadCourse
from courses.preflight import Finding, Level

_FACADE = re.compile(r'<div class="facade".*?</div>', re.DOTALL)
_IMAGE_WITHOUT_ALT = re.compile(r'<img [^>]*\balt=""')
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+\S")


def check_images(content: ReadCourse) -> Iterator[Finding]:
    """Images that say nothing to those who cannot see them, and images that are not shown."""
    for item in content.items:
        names = {"title": item.title, "lesson": item.lesson.title}
        html = _FACADE.sub("", item.html) if "<img " in item.html else ""
        if _IMAGE_WITHOUT_ALT.search(html):
            text = _("An image in “%(title)s” (%(lesson)s) has no alternative text.") % names
            yield content.about_item(Level.WARNING, "image_without_alt", text, item)
        if 'class="missing-image"' in item.html:
            text = _("An image in “%(title)s” (%(lesson)s) is not shown: it was not found.") % names
            yield content.about_item(Level.WARNING, "image_missing", text, item)


def check_headings(content: ReadCourse) -> Iterator[Finding]:
    """Headings as written; pages show them mended, but readers of the outline miss a step."""
    for item in content.items:
        if "#" not in item.body:
            continue
        levels = heading_levels(item.body)
        names = {"title": item.title, "lesson": item.lesson.title}
        if levels.count(1) > 1:
            text = _("“%(title)s” in “%(lesson)s” has several main headings (#).") % names
            yield content.about_item(Level.WARNING, "several_main_headings", text, item)
        if any(
            next_level > level + 1 for level, next_level in zip(levels, levels[1:], strict=False)
        ):
            text = _("The headings of “%(title)s” in “%(lesson)s” skip a level.") % names
            yield content.about_item(Level.WARNING, "heading_skipped", text, item)


def heading_levels(body: str) -> list[int]:
    """The levels of the headings of a Markdown text, code blocks left out."""
    levels, fence = [], ""
    for line in body.splitlines():
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = ""
        elif not fence and (heading := _HEADING.match(line)):
            levels.append(len(heading[1]))
    return levels
