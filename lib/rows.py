"""Rows of a hand-written statement, for the few reads that are asked at every click.

Building a query costs Python more than PostgreSQL needs to answer it, and planning it costs PostgreSQL more
than running it; a statement that never changes is written down once instead, and each connection plans it
once. Row security holds here as everywhere.
"""

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import debug_transaction
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

_shapes: dict[str, type] = {}


class PreparedCursor(psycopg.Cursor):
    """Sends values apart from the statement, and keeps the statement's plan for the connection's next use."""

    def execute(self, query, params=None, **options):
        return super().execute(query, params, prepare=True, **options)

    def _convert_query(self, query, params=None):
        # What Django's log of statements shows; the base class forgets it for prepared ones.
        self._query = super()._convert_query(query, params)
        return self._query


def prepared_cursor():
    """Like `connection.cursor()`, for statements whose text is the same every time."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    cursor = PreparedCursor(database.connection)
    return (
        database.make_debug_cursor(cursor)
        if database.queries_logged
        else database.make_cursor(cursor)
    )


def fetch_rows(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list:
    """All rows as named tuples, their fields named as the statement's columns."""
    with prepared_cursor() as cursor:
        cursor.execute(sql, parameters)
        shape = _shapes.get(sql)
        if shape is None:
            shape = _shapes[sql] = namedtuple("Row", [column[0] for column in cursor.description])
        return list(map(shape._make, cursor.fetchall()))


def fetch_row(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()):
    """The first row as a named tuple, None if there is none."""
    rows = fetch_rows(sql, parameters)
    return rows[0] if rows else None


def begin_with(sql: str, parameters: Sequence[Any]) -> bytes | None:
    """Begin the transaction and ask its first question in one journey to the database instead of two.

    For the start of an `atomic` block; inside an outer one it only asks. The answer is the first column
    of the first row, as PostgreSQL wrote it; None for NULL.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    statement = psycopg.ClientCursor(database.connection).mogrify(sql, parameters)
    libpq = database.connection.pgconn
    if libpq.transaction_status == TransactionStatus.IDLE:
        statement = f"BEGIN; {statement}"
    with database.wrap_database_errors, debug_transaction(database, statement):
        result = libpq.exec_(statement.encode())
        if libpq.status == ConnStatus.BAD:
            raise psycopg.OperationalError(libpq.get_error_message())
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result)
    return result.get_value(0, 0)
