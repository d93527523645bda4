"""The catalogue's answer to a question: search, filters, counts and one page of rows in a single statement.

Written down as SQL since it is asked at every search: with querysets, building the statement took longer
than running it. There are a few texts of it, one for each combination of order, filters and search.
"""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import DateTimeField, IntegerField, TextField, UUIDField

from courses import ratings, search
from courses.facets import (
    MAX_COUNTED,
    Facets,
    counts_statement,
    facets_of,
    passing,
    values_columns,
)
from courses.filters import FILTERS
from lib.pagination import Column, Page, paginate_rows
from lib.rows import fetch_row

RELEVANCE = "relevance"
_NO_LENGTH = 2**31 - 1  # where courses without a duration stand when the shortest come first


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the list: SQL of what it goes by, of courses `c`, seats `s` and ratings `r`; the id breaks ties."""

    name: str
    key: str
    columns: list[Column]
    direction: str


def _order(name, key, field, *, descending):
    sign, direction = ("-", "DESC") if descending else ("", "ASC")
    return Order(name, key, [Column(sign + name, field), Column(sign + "id", UUIDField)], direction)


_RANK = f"round(ts_rank_cd(c.search_vector, (SELECT query FROM asked))::float8 * {search.RANK_STEPS})::int"
_LIKENESS = f"round(word_similarity(%(text)s, c.title)::float8 * {search.RANK_STEPS})::int"
ORDERS = {
    RELEVANCE: _order("rank", _RANK, IntegerField, descending=True),
    "newest": _order("published_at", "c.published_at", DateTimeField, descending=True),
    "popular": _order("students", "s.student_count", IntegerField, descending=True),
    "rated": _order("weighted", ratings.WEIGHTED, IntegerField, descending=True),
    "title": _order("title_key", "lower(c.title)", TextField, descending=False),
    "shortest": _order(
        "length", f"COALESCE(c.duration_minutes, {_NO_LENGTH})", IntegerField, descending=False
    ),
}
_GUESSED = _order("likeness", _LIKENESS, IntegerField, descending=True)

# Outer joins, so that PostgreSQL leaves seats and ratings alone where nothing asks for them.
_COURSES = (
    "courses_course c LEFT JOIN courses_courseseats s ON s.course_id = c.id "
    "LEFT JOIN courses_courserating r ON r.course_id = c.id"
)
_OF_COURSE = (
    "c.id, c.slug, c.title, c.summary, c.thumbnail, c.difficulty_level, c.duration_minutes, "
    "c.owner_id, c.price::text AS price, c.currency"
)
_OF_SEATS = (
    f"s.capacity, s.taken, s.student_count, r.review_count, {ratings.AVERAGE}::float AS rating"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose catalogue it is: people who see the same courses share what was made for one of them.

    The published courses that are public, those of `own`, or all of them.
    """

    key: str
    own: tuple[UUID, ...] = ()
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The answer: one page of rows, the counts, and whether the search had to guess."""

    page: Page
    facets: Facets
    is_guess: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """All that the text of the statement depends on; the rest are parameters."""

    scope: str
    chosen: tuple[str, ...]
    sort: str
    match: str
    step: str

    @property
    def order(self) -> Order:
        return _GUESSED if (self.match, self.sort) == ("guess", RELEVANCE) else ORDERS[self.sort]


def find(scope: Scope, text: str, chosen: dict[str, list[str]], sort: str, cursor: str) -> Found:
    """Search, filter, count, sort and page. One statement, three where a search matches nothing by its letters."""
    found = _find(scope, text, chosen, sort, cursor, "text" if text else "")
    if text and not found.facets.matches:
        search.tolerate_misspelling()
        found = _find(scope, text, chosen, sort, cursor, "guess")
    return found


def _find(scope, text, chosen, sort, cursor, match):
    limit = search.CANDIDATES if match else MAX_COUNTED
    parameters = {"own": list(scope.own), "counted": limit, **chosen}
    if match:
        parameters |= {"text": text, "candidates": search.CANDIDATES, **search.parts_of(text)}
    whose = "all" if scope.sees_all else "own" if scope.own else "public"
    answer = None

    def fetch(values, backwards, size):
        nonlocal answer
        step = "" if values is None else "before" if backwards else "after"
        places = dict(zip(("after_key", "after_id"), values or (), strict=False))
        sql = _statement(Shape(whose, tuple(chosen), sort, match, step))
        answer = fetch_row(sql, parameters | places | {"size": size})
        return answer.cards or []

    order = Shape(whose, (), sort, match, "").order
    page = paginate_rows(fetch, order.columns, cursor=cursor or None)
    facets = facets_of(answer.total, answer.matches, answer.counts, limit=limit)
    return Found(page, facets, match == "guess")


@lru_cache(1024)
def _statement(shape: Shape) -> str:
    return f"""
WITH {_asked(shape)}
base AS MATERIALIZED (
    SELECT c.id, {values_columns(shape.chosen)}{_key_of_hits(shape)}
    FROM {_COURSES} WHERE {_visible(shape)} LIMIT %(counted)s
),
counts AS ({counts_statement(shape.chosen)}),
page AS ({_page(shape)})
SELECT
    (SELECT count(*) FROM base) AS matches,
    (SELECT count(*) FROM base WHERE {passing(shape.chosen)}) AS total,
    (SELECT json_agg(json_build_array(filter, value, label, count)) FROM counts) AS counts,
    (SELECT json_agg(card) FROM ({_cards(shape)}) card) AS cards
"""


def _asked(shape):
    return f"asked AS MATERIALIZED (SELECT {search.QUERY} AS query)," if shape.match else ""


def _visible(shape):
    """The courses of the scope that match the search."""
    conditions = ["c.deleted_at IS NULL", "c.status = 'published'"]
    if shape.scope == "public":
        conditions.append("c.visibility = 'public'")
    if shape.scope == "own":
        conditions.append("(c.visibility = 'public' OR c.id = ANY(%(own)s))")
    if shape.match == "text":
        conditions.append("c.search_vector @@ (SELECT query FROM asked)")
    if shape.match == "guess":
        conditions.append("c.title %%> %(text)s")
    return " AND ".join(conditions)


def _key_of_hits(shape):
    """Hits are few and sorted as they were found; without a search an index has the order."""
    return f", {shape.order.key} AS {shape.order.name}" if shape.match else ""


def _page(shape):
    order = shape.order
    key = f"{order.key} AS {order.name}"
    if not shape.match:
        best = f"SELECT {_OF_COURSE}, {key} FROM {_COURSES} WHERE {_narrowed(shape)}"
        best += _edge(shape, order.key, "c.id")
        seats = "courses_courseseats s ON s.course_id = best.id"
        rated = "courses_courserating r ON r.course_id = best.id"
        return f"SELECT best.*, {_OF_SEATS} FROM ({best}) best LEFT JOIN {seats} LEFT JOIN {rated}"
    hits = "base"
    if shape.chosen:
        # Filtered before the best are cut off, so that a filter finds what a common word hides.
        hits = f"(SELECT c.id, {key} FROM {_COURSES} WHERE {_narrowed(shape)} LIMIT %(candidates)s)"
    best = f"SELECT id, {order.name} FROM {hits} hits WHERE true"
    best += _edge(shape, order.name, "id")
    shown = f"{_OF_COURSE}, best.{order.name}, {_OF_SEATS}"
    return f"SELECT {shown} FROM ({best}) best JOIN ({_COURSES}) ON c.id = best.id"


def _narrowed(shape):
    return " AND ".join([_visible(shape), *(FILTERS[name].condition for name in shape.chosen)])


def _edge(shape, key, number):
    """Where the page begins, the order, and its end."""
    direction = _direction(shape)
    begins = ""
    if shape.step:
        operator = "<" if direction == "DESC" else ">"
        begins = f" AND ({key}, {number}) {operator} (%(after_key)s, %(after_id)s)"
    return f"{begins} ORDER BY {key} {direction}, {number} {direction} LIMIT %(size)s"


def _direction(shape):
    direction = shape.order.direction
    return {"ASC": "DESC", "DESC": "ASC"}[direction] if shape.step == "before" else direction


def _cards(shape):
    hits = ""
    if shape.match == "text":
        title, summary = (
            search.headline(f"page.{name}", "(SELECT query FROM asked)")
            for name in ("title", "summary")
        )
        hits = f", {title} AS title_hits, {summary} AS summary_hits"
    key, direction = shape.order.name, _direction(shape)
    return f"""
    SELECT page.*, owner.first_name, owner.last_name, owner.username, profile.display_name{hits}
    FROM page
    LEFT JOIN users_user owner ON owner.id = page.owner_id
    LEFT JOIN users_profile profile ON profile.user_id = owner.id
    ORDER BY page.{key} {direction}, page.id {direction}"""
