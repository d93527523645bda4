"""How many courses each choice of a filter would leave, all counted in one statement."""

from dataclasses import dataclass, field

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, Q, QuerySet, Value, When

from courses.filters import HAS_FREE_SEATS, LENGTHS, CourseFilter
from courses.models import Course, Subject

MAX_COUNTED = 10_000  #: courses that are looked at; beyond it counts are lower bounds
MAX_TAGS = 12

FACETS = {name: f"m_{name}" for name in CourseFilter.base_filters}


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts beside the filters. A filter's own choice does not narrow its own counts.

    `total` courses pass all filters, `matches` there were before filtering; `is_capped` when there are
    more than were counted. `counts` has, by filter, rows of (value, name or "", count).
    """

    total: int
    matches: int
    is_capped: bool
    counts: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)


def count_facets(courses: QuerySet, conditions: dict[str, Q], *, limit=MAX_COUNTED) -> Facets:
    """Count `courses` (not yet filtered) by every filter, given what each filter in force lets through."""
    base, params = _base(courses, conditions, limit)
    with connection.cursor() as cursor:
        cursor.execute(_statement(base), params)
        rows = cursor.fetchall()
    counts = {name: [] for name in FACETS}
    total = matches = 0
    for facet, value, label, count, matched in rows:
        if facet == "total":
            total, matches = count, matched
        else:
            counts[facet].append((value, label, count))
    return Facets(total, matches, matches >= limit, counts)


def _base(courses, conditions, limit):
    """The statement for the courses to count: what they are, and which filters let each through."""
    passes = {
        column: ExpressionWrapper(conditions.get(name) or Value(True), BooleanField())
        for name, column in FACETS.items()
    }
    lengths = [
        When(Q(duration_minutes__gte=shortest, duration_minutes__lte=longest), then=Value(key))
        if longest
        else When(duration_minutes__gte=shortest, then=Value(key))
        for key, _name, shortest, longest in LENGTHS
    ]
    rows = courses.order_by().annotate(
        v_length=Case(*lengths, default=Value("")),
        v_seats=Case(When(HAS_FREE_SEATS, then=Value("free")), default=Value("")),
        **passes,
    )
    columns = ("subject", "difficulty_level", "v_length", "enrollment_type", "v_seats")
    rows = rows.values_list(*columns, "language", "tags", *FACETS.values())[:limit]
    return rows.query.sql_with_params()


def _statement(base):
    names = "v_subject, v_level, v_length, v_join, v_seats, v_language, v_tags"
    parts = [_count_all(), _count_subjects()]
    parts += [_count_values(name) for name in ("level", "length", "join", "seats", "language")]
    parts.append(_count_tags())
    return (
        f"WITH base ({names}, {', '.join(FACETS.values())}) AS MATERIALIZED ({base}) "
        + " UNION ALL ".join(f"({part})" for part in parts)
    )


def _others(name):
    """What the other filters let through."""
    return " AND ".join(column for other, column in FACETS.items() if other != name)


def _count_all():
    every = " AND ".join(FACETS.values())
    return f"SELECT 'total', '', '', count(*) FILTER (WHERE {every}), count(*) FROM base"


def _count_subjects():
    table = Subject._meta.db_table
    counted = f"SELECT v_subject, count(*) FROM base WHERE {_others('subject')} GROUP BY v_subject"
    return (
        f"SELECT 'subject', s.slug, s.title, COALESCE(counted.count, 0), 0 FROM {table} s "
        f"LEFT JOIN ({counted}) counted ON counted.v_subject = s.id "
        "ORDER BY s.position, s.title, s.id"
    )


def _count_values(name):
    return (
        f"SELECT '{name}', v_{name}, '', count(*), 0 FROM base "
        f"WHERE {_others(name)} AND v_{name} <> '' GROUP BY v_{name}"
    )


def _count_tags():
    return (
        "SELECT 'tag', tag, '', count(*), 0 FROM base, unnest(v_tags) AS tag "
        f"WHERE {_others('tag')} GROUP BY tag ORDER BY count(*) DESC, tag LIMIT {MAX_TAGS}"
    )


def known_choices(name) -> dict[str, str]:
    """Names of a filter's fixed choices, in their order; empty where the data decides."""
    named = {
        "level": Course.Difficulty.choices,
        "length": [row[:2] for row in LENGTHS],
        "join": Course.EnrollmentType.choices,
        "seats": CourseFilter.base_filters["seats"].extra["choices"],
    }
    return dict(named.get(name, ()))
