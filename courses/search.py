"""Searching courses: full text, ranked, with the last word taken as a beginning; and forgiving of typing errors."""

import re
from html import escape

from django.contrib.postgres.search import (
    SearchHeadline,
    SearchQuery,
    SearchRank,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import F, IntegerField, QuerySet
from django.db.models.functions import Cast, Round
from django.utils.safestring import SafeString, mark_safe

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


def clean_search(text: str) -> str:
    """What a person typed as something to search for: one line, no control characters, not too long."""
    try:
        text = clean_text(text[: MAX_LENGTH * 4], drop_controls=True)
    except TextRefused:
        return ""
    return " ".join(text.split())[:MAX_LENGTH].strip()


def search(courses: QuerySet, text: str, *, misspelt: bool = False) -> QuerySet:
    """The courses that match, at most `CANDIDATES` of them, with `rank`: higher is better.

    Words, "phrases", or, and -without work as in a web search. With `misspelt` titles that read alike
    match instead; call `tolerate_misspelling` once before in the same transaction.
    """
    if misspelt:
        hits = courses.filter(title__trigram_word_similar=text)
        score = TrigramWordSimilarity(text, "title")
    else:
        query = query_of(text)
        hits = courses.filter(search_vector=query)
        score = SearchRank(F("search_vector"), query, cover_density=True)
    few = hits.order_by().values("pk")[:CANDIDATES]
    rank = Cast(Round(score * RANK_STEPS), IntegerField())
    return courses.model.objects.filter(pk__in=few).annotate(rank=rank)


def tolerate_misspelling() -> None:
    """Set, for this transaction, how alike words must be for `search(…, misspelt=True)`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            [str(SIMILAR_ENOUGH)],
        )


def query_of(text: str) -> SearchQuery:
    """The database's query for a search; its last word also matches as the beginning of a longer one."""
    query = SearchQuery(text, config=CONFIG, search_type="websearch")
    last = _LAST_WORD.search(text)
    if last is None or text.count('"') % 2:
        return query
    word, head = last.group(1), text[: last.start()]
    beginning = SearchQuery(f"'{word}':*", config=CONFIG, search_type="raw")
    if head.strip():
        beginning = SearchQuery(head, config=CONFIG, search_type="websearch") & beginning
    return query | beginning


def with_hits(courses: QuerySet, text: str) -> QuerySet:
    """Adds `title_hits` and `summary_hits`, to be shown with `mark_hits`; made for the rows of a page alone."""
    query = query_of(text)
    options = {"config": CONFIG, "start_sel": _START, "stop_sel": _STOP, "highlight_all": True}
    return courses.annotate(
        title_hits=SearchHeadline("title", query, **options),
        summary_hits=SearchHeadline("summary", query, **options),
    )


def mark_hits(text: str) -> SafeString:
    """Text of `with_hits` as HTML: everything escaped, hits in <mark>."""
    marked = _HIT.sub(r"<mark>\1</mark>", escape(text))
    return mark_safe(marked.replace(_START, "").replace(_STOP, ""))  # noqa: S308 -- escaped above
