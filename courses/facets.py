"""How many courses each choice of a filter would leave: SQL that counts them all at once, and the counts."""

from dataclasses import dataclass, field

from courses.filters import FILTERS

MAX_COUNTED = 10_000  #: courses that are looked at; beyond it counts are lower bounds
MAX_TAGS = 12


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


def values_columns(chosen) -> str:
    """Columns of the courses to count: what each is by every filter, and which chosen filters let it through."""
    values = [f"{filter_.value} AS v_{name}" for name, filter_ in FILTERS.items()]
    passes = [f"({FILTERS[name].condition}) IS TRUE AS m_{name}" for name in chosen]
    return ", ".join(values + passes)


def counts_statement(chosen) -> str:
    """Rows of (filter, value, name or "", count) over `base`, which has `values_columns`."""
    parts = [_count_subjects(chosen)]
    parts += [
        _count_values(name, chosen)
        for name in ("level", "length", "rating", "join", "seats", "language")
    ]
    parts.append(_count_tags(chosen))
    return " UNION ALL ".join(f"({part})" for part in parts)


def passing(chosen, *, but: str = "") -> str:
    """What the chosen filters let through, one of them left out."""
    return " AND ".join(f"m_{name}" for name in chosen if name != but) or "true"


def facets_of(total, matches, rows, *, limit) -> Facets:
    """The counts from what the statement answered."""
    counts = {name: [] for name in FILTERS}
    for name, value, label, count in rows or ():
        counts[name].append((value, label, count))
    return Facets(total, matches, matches >= limit, counts)


def _count_subjects(chosen):
    return f"""
    SELECT 'subject' AS filter, subject.slug::text AS value, subject.title::text AS label,
        COALESCE(counted.count, 0) AS count
    FROM courses_subject subject LEFT JOIN (
        SELECT v_subject, count(*) FROM base WHERE {passing(chosen, but="subject")} GROUP BY v_subject
    ) counted ON counted.v_subject = subject.id
    ORDER BY subject.position, subject.title, subject.id"""


def _count_values(name, chosen):
    return f"""
    SELECT '{name}', v_{name}::text, '', count(*) FROM base
    WHERE {passing(chosen, but=name)} AND v_{name} <> '' GROUP BY v_{name}"""


def _count_tags(chosen):
    return f"""
    SELECT 'tag', tag::text, '', count(*) FROM base, unnest(v_tag) AS tag
    WHERE {passing(chosen, but="tag")} GROUP BY tag ORDER BY count(*) DESC, tag LIMIT {MAX_TAGS}"""
