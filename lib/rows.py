"""Rows of a hand-written statement, for the few reads that are asked at every click.

Building a query costs Python more than PostgreSQL needs to answer it, planning it costs PostgreSQL more than
running it, and a cursor costs more than what it fetches; a statement that never changes is written down once
instead, each connection plans it once, and its values go straight to libpq. Row security holds here as everywhere.
"""

import re
import threading
from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from select import POLLIN, poll
from time import monotonic
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import FeatureNotSupported, InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

Parameters = Sequence[Any] | dict[str, Any]

MAX_KEPT = (
    100  # statements that a connection keeps planned; the one not used for longest makes room
)
#: Errors after which PostgreSQL is asked to plan a statement anew: its tables have changed, or it was dropped.
STALE = (FeatureNotSupported, InvalidSqlStatementName)
ANSWERED = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\))?(?P<kind>[s%])")

_shapes: dict[str, type] = {}
_numbers = count(1)
_of_thread = threading.local()


class _Kept:
    """One connection's planned statements, and the way of values to it and back."""

    def __init__(self, connection: psycopg.Connection):
        self.connection = connection
        self.libpq = connection.pgconn
        self.transformer = Transformer(connection)
        self._names: dict[tuple, bytes] = {}

    def planned(self, sql: str, parameters: Parameters) -> tuple:
        """What libpq needs to run a statement: its name, the values and their formats."""
        text, names = _numbered(sql)
        values = [parameters[name] for name in names] if names else parameters
        dumped = self.transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types = self.transformer.types
        key = (sql, types)
        name = self._names.pop(key, None) or self._plan(text, types)
        self._names[key] = name
        return name, dumped, self.transformer.formats

    def begins(self) -> bool:
        """Whether the next statement is the first of a transaction that Django has opened."""
        return (
            not self.connection.autocommit
            and self.libpq.transaction_status == TransactionStatus.IDLE
        )

    def rows(self, result, make=tuple) -> list:
        self.transformer.set_pgresult(result)
        return self.transformer.load_rows(0, result.ntuples, make)

    def check(self, result) -> None:
        """Raise psycopg's error for an answer that is none."""
        if self.libpq.status == ConnStatus.BAD:
            raise psycopg.OperationalError(self.libpq.get_error_message())
        if result.status in ANSWERED:
            return
        error = error_from_result(result, self.connection.info.encoding)
        if isinstance(error, STALE):
            self._names.clear()
        raise error

    def _plan(self, text, types):
        if len(self._names) >= MAX_KEPT:
            oldest = self._names.pop(next(iter(self._names)))
            self.check(self.libpq.exec_(b"DEALLOCATE " + oldest))
        name = b"kept_%d" % next(_numbers)
        self.check(self.libpq.prepare(name, text, types))
        return name


def fetch_rows(sql: str, parameters: Parameters = ()) -> list:
    """All rows as named tuples, their fields named as the statement's columns."""
    kept, result = _run(sql, parameters)
    return kept.rows(result, _shape(sql, result)._make)


def fetch_row(sql: str, parameters: Parameters = ()):
    """The first row as a named tuple, None if there is none."""
    rows = fetch_rows(sql, parameters)
    return rows[0] if rows else None


def execute(sql: str, parameters: Parameters = ()) -> int:
    """How many rows the statement wrote."""
    _kept, result = _run(sql, parameters)
    return result.command_tuples or 0


def begin_with(*questions: tuple[str, Parameters]) -> list:
    """Begin the transaction and ask its first questions in one journey to the database instead of several.

    For the start of an `atomic` block; inside an outer one it only asks. Returns the first row of each
    question, None where it has none.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors, _Logged(database, [sql for sql, _values in questions]):
        kept = _kept_by(database)
        plans = [kept.planned(sql, values) for sql, values in questions]
        results = _ask_at_once(kept, plans)
        rows = []
        for (sql, _values), result in zip(questions, results, strict=True):
            kept.check(result)
            rows.append(next(iter(kept.rows(result, _shape(sql, result)._make)), None))
        return rows


def _run(sql, parameters):
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    database.validate_no_broken_transaction()
    with database.wrap_database_errors, _Logged(database, [sql]):
        kept = _kept_by(database)
        name, values, formats = kept.planned(sql, parameters)
        if kept.begins():
            kept.check(kept.libpq.exec_(b"BEGIN"))
        result = kept.libpq.exec_prepared(name, values, formats)
        kept.check(result)
        return kept, result


def _ask_at_once(kept, plans):
    """The result of each statement. After one that failed, the others were not run."""
    libpq, begins = kept.libpq, kept.begins()
    libpq.enter_pipeline_mode()
    if begins:
        libpq.send_query_params(b"BEGIN", None)
    for name, values, formats in plans:
        libpq.send_query_prepared(name, values, formats)
    libpq.pipeline_sync()
    results = [_next_result(libpq) for _ in range(begins + len(plans))]
    if libpq.status != ConnStatus.BAD:
        _await_answer(libpq)
        libpq.get_result()  # the end of the pipeline
        libpq.exit_pipeline_mode()
    return results[begins:]


def _next_result(libpq):
    _await_answer(libpq)
    result = libpq.get_result()
    _await_answer(libpq)
    libpq.get_result()  # nothing: the end of this statement's results
    return result


def _await_answer(libpq):
    """Wait for the next answer so that other threads run meanwhile, which libpq's own waiting does not let them.

    What a statement waits for may be held by one of them.
    """
    while libpq.is_busy() and libpq.status != ConnStatus.BAD:
        incoming = poll()
        incoming.register(libpq.socket, POLLIN)
        incoming.poll()
        libpq.consume_input()


def _kept_by(database) -> _Kept:
    kept = getattr(_of_thread, "kept", None)
    if kept is None or kept.connection is not database.connection:
        kept = _of_thread.kept = _Kept(database.connection)
    return kept


@lru_cache(maxsize=1_000)
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with PostgreSQL's placeholders, and the names of its values in their order if they have names."""
    names: dict[str, int] = {}
    position = count(1)

    def replaced(match):
        if match["kind"] == "%":
            return "%"
        if match["name"] is None:
            return f"${next(position)}"
        return f"${names.setdefault(match['name'], len(names) + 1)}"

    return PLACEHOLDER.sub(replaced, sql).encode(), tuple(names)


def _shape(sql, result):
    shape = _shapes.get(sql)
    if shape is None:
        columns = [result.fname(number).decode() for number in range(result.nfields)]
        shape = _shapes[sql] = namedtuple("Row", columns)
    return shape


class _Logged:
    """Tell Django's log of statements, where it is wanted; a context manager, since a generator costs more."""

    def __init__(self, database, statements):
        self.database, self.statements = database, statements

    def __enter__(self):
        self.started = monotonic()

    def __exit__(self, *exception):
        if self.database.queries_logged:
            time = f"{monotonic() - self.started:.3f}"
            self.database.queries_log.extend({"sql": sql, "time": time} for sql in self.statements)
