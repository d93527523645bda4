"""The words of HTML, without the HTML."""

import re
from html import unescape

_BLOCK_END = re.compile(
    r"</(?:p|div|li|h[1-6]|blockquote|pre|tr|td|th|dt|dd|figure|figcaption|section|table|summary)>|<(?:br|hr)[^>]*>"
)
# The marks of footnotes, as we write them ourselves: no words of the text.
_NOTE_MARK = re.compile(
    r'<sup class="footnote-ref">.{0,300}?</sup>|<a class="footnote-back"[^<>]*>[^<>]*</a>'
)
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")


def plain_text(html: str) -> str:
    """The text of HTML that `render` made, one line for each block."""
    text = _BLOCK_END.sub("\n", _NOTE_MARK.sub("", html))
    text = unescape(_TAG.sub("", text))
    return _NEWLINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def excerpt(text: str, length: int) -> str:
    """At most `length` characters of a text on one line, cut between words, with "…" if it goes on."""
    text = " ".join(text[: length * 8 + 200].split())
    if len(text) <= length:
        return text
    cut = text[: max(length - 1, 0)]
    if not text[len(cut)].isspace() and (gap := cut.rfind(" ")) >= length // 2:
        cut = cut[:gap]
    return cut.rstrip(" ,;:–—-") + "…"
