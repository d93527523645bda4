"""Drawings (SVG): which of them are nothing but a drawing."""

import re
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

MAX_ELEMENTS = 20_000
SVG = "{http://www.w3.org/2000/svg}"
_FORBIDDEN = {
    "script", "foreignobject", "iframe", "embed", "object", "audio", "video", "handler", "listener",
    "set", "animate", "animatetransform", "animatemotion", "discard", "html", "image", "feimage", "a",
}  # fmt: skip
_OUTWARD_STYLE = re.compile(r"@import|expression|javascript:|url\(\s*['\"]?(?!#)", re.IGNORECASE)


def is_harmless_svg(file: BinaryIO) -> bool:
    """Whether this is an SVG without scripts, animation, links, embedded pictures and outside references."""
    count = 0
    try:
        if b"<?xml-stylesheet" in file.read(4_096):
            return False
        file.seek(0)
        for event, element in ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if not count and element.tag != f"{SVG}svg":
                    return False
                count += 1
            if count > MAX_ELEMENTS or not _is_harmless(element):
                return False
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return False
    return bool(count)


def _is_harmless(element):
    if not isinstance(element.tag, str) or _local(element.tag) in _FORBIDDEN:
        return False
    if _local(element.tag) == "style" and _OUTWARD_STYLE.search(element.text or ""):
        return False
    for name, value in element.attrib.items():
        name = _local(name)
        if name.startswith("on") or _OUTWARD_STYLE.search(value):
            return False
        if name in ("href", "src") and not value.strip().startswith("#"):
            return False
    return True


def _local(name):
    return name.rpartition("}")[2].lower()
