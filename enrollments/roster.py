"""The people of a course, page by page. The list that everybody opens, unfiltered, is one kept statement."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import DateTimeField, DecimalField, UUIDField

from enrollments.filters import NARROWING, SORTS, PeopleFilter, with_seen
from enrollments.models import Enrollment
from lib.pagination import Column, Page, paginate, paginate_rows
from lib.rows import fetch_rows

PER_PAGE = 20

NAMES = ("student__first_name", "student__last_name", "student__username", "student__email")
COLUMNS = (
    *("id", "status", "percent", "enrolled_at", "expires_at", "created_at", "seen_at"),
    "last_accessed_at",
)

PEOPLE = """
SELECT e.id, e.status, e.percent, e.enrolled_at, e.expires_at, e.created_at, {seen} AS seen_at, e.last_accessed_at,
    u.first_name AS student__first_name, u.last_name AS student__last_name,
    u.username AS student__username, u.email AS student__email
FROM enrollments_enrollment e JOIN users_user u ON u.id = e.student_id
WHERE e.course_id = %(course)s {beyond}
ORDER BY {key} {direction}, e.id {direction} LIMIT %(limit)s
"""
SEEN = "COALESCE(e.last_accessed_at, e.created_at)"
KEYS = {"created_at": "e.created_at", "seen_at": SEEN, "percent": "e.percent"}
TYPES = {"created_at": DateTimeField, "seen_at": DateTimeField, "percent": DecimalField}


def page_of_people(
    course_id: UUID,
    filters,
    *,
    sort: str,
    cursor: str | None,
    now: datetime,
    sections: Collection[UUID] | None = None,
) -> Page:
    """A page of a course's people as rows of COLUMNS and NAMES. `sort` is one of SORTS. One query.

    `filters` is what the address says; with any of NARROWING in it, the list is narrowed. With `sections`, only the
    people in them are there.
    """
    if sections is not None or any(filters.get(name) for name in NARROWING):
        rows = with_seen(Enrollment.objects.filter(course_id=course_id))
        if sections is not None:
            rows = rows.filter(section_places__section__in=sections)
        rows = rows.values_list(*COLUMNS, *NAMES, named=True)
        rows = PeopleFilter(filters, queryset=rows, now=now).qs
        return paginate(rows, order=SORTS[sort], cursor=cursor, size=PER_PAGE)

    columns = _columns(sort)

    def fetch(position, backwards, limit):
        values = {"course": course_id, "limit": limit}
        if position is not None:
            values["value"], values["id"] = position
        return fetch_rows(_statement(sort, backwards, position is not None), values)

    return paginate_rows(fetch, columns, cursor=cursor, size=PER_PAGE)


@cache
def _columns(sort):
    name, row_id = SORTS[sort]
    return [Column(name, TYPES[name.removeprefix("-")]), Column(row_id, UUIDField)]


@cache
def _statement(sort, backwards, has_position):
    column, _row_id = _columns(sort)
    key, operator = KEYS[column.name], column.operator(backwards)
    beyond = f"AND ({key}, e.id) {operator} (%(value)s, %(id)s)" if has_position else ""
    direction = "DESC" if operator == "<" else "ASC"
    return PEOPLE.format(seen=SEEN, key=key, beyond=beyond, direction=direction)
