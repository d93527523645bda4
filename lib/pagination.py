"""Keyset pagination: a page costs the same wherever it lies in a list, and nothing is shown twice.

A cursor holds the ordering values of the row at a page's edge. It is a position and no secret; one
that was tampered with, or belongs to another ordering, leads to the first page.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.utils.duration import duration_iso_string

from lib.text import TextRefused, clean_text

PAGE_SIZE = 24
MAX_PAGE_SIZE = 500
MAX_CURSOR_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. A cursor is None where the list ends."""

    items: list
    next_cursor: str | None
    previous_cursor: str | None
    size: int

    def __iter__(self) -> Iterator:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    @property
    def has_next(self) -> bool:
        return self.next_cursor is not None

    @property
    def has_previous(self) -> bool:
        return self.previous_cursor is not None

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous


def paginate(
    queryset: QuerySet,
    *,
    order: tuple[str, ...] = ("-published_at", "-id"),
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """The page of `queryset` that begins at `cursor`, ordered by `order`. One query.

    `order` names fields, `related__fields` or annotations, each with "-" for descending; together they
    must be unique, so the last is the primary key ("id", "pk" or a unique column), and none may be
    NULL (annotate with `Coalesce`). Rows may be instances or `values()` that hold the ordering columns;
    for a related column of instances, use `select_related`.
    `size` is 1 to 500. Raises ValueError when an ordering value of a row is NULL.
    """
    columns = [Column(name, partial(_field_of, queryset, name.removeprefix("-"))) for name in order]

    def fetch(values, backwards, limit):
        ordering = [column.ordering(backwards) for column in columns]
        rows = queryset if values is None else queryset.filter(_beyond(columns, values, backwards))
        return list(rows.order_by(*ordering)[:limit])

    return paginate_rows(fetch, columns, cursor=cursor, size=size)


def paginate_rows(
    fetch: Callable[[list | None, bool, int], list],
    columns: list["Column"],
    *,
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Like `paginate`, for rows that `fetch(values, backwards, limit)` reads by hand-written SQL.

    It gives at most `limit` rows in the order of `columns`, or the reverse of it when `backwards`: those
    that follow a row with these `values`, or from the beginning where they are None. Called once, and a
    second time where a step back ends at the beginning.
    """
    size = max(1, min(size, MAX_PAGE_SIZE))
    position = _read(cursor, columns) if cursor else None
    if position is None:
        return _first_page(fetch, columns, size)

    backwards, values = position
    rows = fetch(values, backwards, size + 1)
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        if not has_more:  # the beginning is reached: show it as the full first page it is
            return _first_page(fetch, columns, size)
        rows.reverse()
        return Page(rows, _write(rows[-1], columns, False), _write(rows[0], columns, True), size)
    if not rows:
        return Page([], None, _encode(columns, values, True), size)
    next_cursor = _write(rows[-1], columns, False) if has_more else None
    return Page(rows, next_cursor, _write(rows[0], columns, True), size)


def page_url(chosen: dict[str, str], cursor: str | None) -> str:
    """Query string of another page of a list with the same filters, empty ones left out; "" without a cursor."""
    if cursor is None:
        return ""
    return "?" + urlencode(
        {name: value for name, value in chosen.items() if value} | {"cursor": cursor}
    )


def _first_page(fetch, columns, size):
    rows = fetch(None, False, size + 1)
    next_cursor = _write(rows[size - 1], columns, False) if len(rows) > size else None
    return Page(rows[:size], next_cursor, None, size)


def _field_of(queryset, name):
    return F(name).resolve_expression(queryset.query.clone()).output_field


class Column:
    """One column of an ordering: its name ("-" before it for descending), and what gives the field that knows its type."""

    def __init__(self, name: str, field: Callable[[], Field]):
        self.name = name.removeprefix("-")
        self.is_descending = name.startswith("-")
        self._field = field

    @property
    def field(self):
        return self._field()

    def ordering(self, backwards):
        return f"-{self.name}" if self.is_descending != backwards else self.name

    def operator(self, backwards):
        return "<" if self.is_descending != backwards else ">"

    def value_of(self, row):
        if isinstance(row, Model):
            value = row
            for step in self.name.split("__"):
                value = getattr(value, step)
        else:
            value = row[self.name] if isinstance(row, dict) else getattr(row, self.name)
        if value is None:
            raise ValueError(f"{self.name} is NULL in a row, so the list cannot be paged by it.")
        return value


class _RowComparison(Func):
    """`(a, b) < (x, y)`: what PostgreSQL answers with one range of an index."""

    output_field = BooleanField()

    def __init__(self, columns, values, operator):
        self.operator = operator
        super().__init__(*(F(column.name) for column in columns), *values)

    def as_sql(self, compiler, connection):
        parts, params = [], []
        for expression in self.get_source_expressions():
            sql, sql_params = compiler.compile(expression)
            parts.append(sql)
            params.extend(sql_params)
        half = len(parts) // 2
        left, right = ", ".join(parts[:half]), ", ".join(parts[half:])
        return f"({left}) {self.operator} ({right})", params


def _beyond(columns, values, backwards):
    """The condition for the rows after the position, before it when `backwards`."""
    values = [
        Value(value, output_field=column.field)
        for column, value in zip(columns, values, strict=True)
    ]
    operators = [column.operator(backwards) for column in columns]
    if len(set(operators)) == 1:
        return _RowComparison(columns, values, operators[0])
    # Directions differ: a or (same a and beyond in the rest). The outer bound lets an index help.
    condition = None
    for index in reversed(range(len(columns))):
        beyond = _RowComparison(
            columns[index : index + 1], values[index : index + 1], operators[index]
        )
        if condition is None:
            condition = beyond
        else:
            same = _RowComparison(columns[index : index + 1], values[index : index + 1], "=")
            condition = beyond | (same & condition)
    bound = _RowComparison(columns[:1], values[:1], f"{operators[0]}=")
    return bound & condition


def _write(row, columns, backwards):
    return _encode(columns, [column.value_of(row) for column in columns], backwards)


def _encode(columns, values, backwards):
    packed = [",".join(column.ordering(False) for column in columns), int(backwards)]
    text = json.dumps(packed + [_to_json(value) for value in values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _to_json(value):
    if isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    return repr(value) if isinstance(value, float) else str(value)


def _read(cursor, columns) -> tuple[bool, list[Any]] | None:
    """Direction and values of a cursor, None if it is not one of this ordering."""
    if len(cursor) > MAX_CURSOR_LENGTH:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        ordering, backwards, *raw = json.loads(text)
        if ordering != ",".join(column.ordering(False) for column in columns):
            return None
        if len(raw) != len(columns) or backwards not in (0, 1):
            return None
        return bool(backwards), [_typed(c.field, v) for c, v in zip(columns, raw, strict=True)]
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError, TextRefused):
        return None


def _typed(field, raw):
    """A cursor's value as the column's own type; anything the database could choke on raises."""
    if isinstance(raw, str):
        clean_text(raw)
    elif not isinstance(raw, int):
        raise TypeError("A cursor holds texts and whole numbers.")
    value = field.to_python(raw)
    if value is None or (isinstance(value, Decimal | float) and not Decimal(value).is_finite()):
        raise ValueError("A cursor's value is missing.")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("A cursor's time has no zone.")
    return value
