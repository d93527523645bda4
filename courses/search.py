"""Searching courses: full text, ranked, with the last word taken as a beginning; and forgiving of typing errors."""

import re
from html import escape

from django.contrib.postgres.search import SearchQuery
from django.utils.safestring import SafeString, mark_safe

from lib.rows import fetch_row
from lib.text import TextRefused, clean_text

CONFIG = "english"  #: as in the trigger that fills `Course.search_vector`
CANDIDATES = 1000  #: how many hits are ranked: a common word has more than anybody reads
MAX_LENGTH = 100  #: characters of a search; the rest is left out
SIMILAR_ENOUGH = 0.28  #: 0–1; how alike words must be: two swapped letters in six leave this much
RANK_STEPS = 1_000_000  #: a rank is a whole number of these, so that a cursor can hold it exactly

# What ts_headline puts around a hit: characters that no stored text may contain.
_START, _STOP = "\x02", "\x03"
_HIT = re.compile(f"{_START}(.*?){_STOP}", re.DOTALL)
_LAST_WORD = re.compile(r"(?:^|\s)(\w+)\s*\Z")

#: SQL for what is asked, from the parameters that `parts_of` makes; its last word also matches as the
#: beginning of a longer one. Empty texts give empty queries, which "and" and "or" leave out.
QUERY = (
    f"websearch_to_tsquery('{CONFIG}', %(whole)s) || "
    f"(websearch_to_tsquery('{CONFIG}', %(head)s) && to_tsquery('{CONFIG}', %(beginning)s))"
)
_HEADLINE = f"StartSel={_START}, StopSel={_STOP}, HighlightAll=true"


def clean_search(text: str) -> str:
    """What a person typed as something to search for: one line, no control characters, not too long."""
    try:
        text = clean_text(text[: MAX_LENGTH * 4], drop_controls=True)
    except TextRefused:
        return ""
    return " ".join(text.split())[:MAX_LENGTH].strip()


def parts_of(text: str) -> dict[str, str]:
    """The parameters of `QUERY`: words, "phrases", or, and -without work as in a web search."""
    last = _LAST_WORD.search(text)
    if last is None or text.count('"') % 2:
        return {"whole": text, "head": "", "beginning": ""}
    return {"whole": text, "head": text[: last.start()], "beginning": f"'{last.group(1)}':*"}


def query_of(text: str) -> SearchQuery:
    """`QUERY` for a queryset."""
    parts = parts_of(text)
    query = SearchQuery(text, config=CONFIG, search_type="websearch")
    if not parts["beginning"]:
        return query
    beginning = SearchQuery(parts["beginning"], config=CONFIG, search_type="raw")
    if parts["head"].strip():
        beginning = SearchQuery(parts["head"], config=CONFIG, search_type="websearch") & beginning
    return query | beginning


def headline(column: str, query: str) -> str:
    """SQL for a text with its hits marked, to be shown with `mark_hits`; for the rows of a page alone."""
    return f"ts_headline('{CONFIG}', {column}, {query}, '{_HEADLINE}')"


def tolerate_misspelling() -> None:
    """Set, for this transaction, how alike words must be for `title %> text`. One query."""
    fetch_row(
        "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(SIMILAR_ENOUGH)]
    )


def mark_hits(text: str) -> SafeString:
    """A text of `headline` as HTML: everything escaped, hits in <mark>."""
    marked = _HIT.sub(r"<mark>\1</mark>", escape(text))
    return mark_safe(marked.replace(_START, "").replace(_STOP, ""))  # noqa: S308 -- escaped above
