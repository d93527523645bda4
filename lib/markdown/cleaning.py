"""What may stand in the HTML of a lesson. All that is not named here is taken out."""

import nh3

from lib.markdown.highlighting import CLASSES
from lib.markdown.parsing import ADMONITIONS

_TAG_NAMES = """
    a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong
    sub summary sup table tbody td tfoot th thead time tr u ul var wbr
"""
TAGS = set(_TAG_NAMES.split())
_CONTENT_TOO = {"script", "style", "svg", "math", "noscript", "template", "head"}

_ATTRIBUTES = {
    "*": {"lang", "title"},
    "a": {"href", "id"},
    "li": {"id", "value"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "time": {"datetime"},
    "div": {"data-language"},
}
_ATTRIBUTE_VALUES = {
    **{tag: {"dir": {"ltr", "rtl", "auto"}} for tag in ("p", "div", "span", "bdo", "bdi", "li")},
    "th": {"scope": {"col", "row", "colgroup", "rowgroup"}},
    "ol": {"type": {"1", "a", "A", "i", "I"}},
}
_ATTRIBUTE_VALUES["div"] = {**_ATTRIBUTE_VALUES["div"], "role": {"note"}}

# Only the classes we write ourselves: with any other an author could lay a link over the whole page.
_ALIGNMENTS = {"text-start", "text-center", "text-end"}
_CLASSES = {
    "div": {"highlight", "math", "admonition", *(f"admonition-{name}" for name in ADMONITIONS)},
    "p": {"admonition-title"},
    "span": {"math", "task-box", "is-done", *CLASSES},
    "th": _ALIGNMENTS,
    "td": _ALIGNMENTS,
    "sup": {"footnote-ref"},
    "section": {"footnotes"},
    "a": {"footnote-back"},
    "ul": {"contains-task-list"},
    "ol": {"contains-task-list"},
    "li": {"task-list-item"},
}

_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags=_CONTENT_TOO,
    attributes=_ATTRIBUTES,
    tag_attribute_values=_ATTRIBUTE_VALUES,
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


def clean(html: str) -> str:
    """Well-formed HTML of the allowed tags and attributes only."""
    return _cleaner.clean(html)
