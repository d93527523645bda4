"""Rows of a hand-written statement, for the few reads that are asked at every click.

Building a query costs Python more than PostgreSQL needs to answer it; a statement that never changes is
written down once instead. Row security holds here as everywhere.
"""

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from django.db import connection

_shapes: dict[str, type] = {}


def fetch_rows(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list:
    """All rows as named tuples, their fields named as the statement's columns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        shape = _shapes.get(sql)
        if shape is None:
            shape = _shapes[sql] = namedtuple("Row", [column[0] for column in cursor.description])
        return list(map(shape._make, cursor.fetchall()))


def fetch_row(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()):
    """The first row as a named tuple, None if there is none."""
    rows = fetch_rows(sql, parameters)
    return rows[0] if rows else None
