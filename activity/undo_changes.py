"""What requests changed, and how these rows are now."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from operator import attrgetter
from uuid import UUID

from django.db import connection

from activity import undo_registry
from activity.undo_registry import Change, UndoTable, Values
from lib.rows import fetch_rows

UNDO_DAYS = 30  #: for how long a change can be undone

#: Of the columns of a row that undoing never looks at.
NEVER_READ = ["password", "search_vector", "created_at", "updated_at", "organization_id"]

CHANGES = """
SELECT id, request_id, at, actor_id, table_name, row_id, operation, before, after,
    at < COALESCE(%s::timestamptz, now()) - %s::interval AS is_old
FROM tenancy_auditentry WHERE request_id = ANY (%s) ORDER BY id
"""

# The arrays keep every table's part an index scan, however many changes there are.
CHANGES_WITH_ROWS = """
WITH changes AS MATERIALIZED ({changes}),
undone AS (
    SELECT request_id FROM activity_undo WHERE taken_back_at IS NULL AND request_id = ANY (%s)
)
SELECT 'change' AS what, id, request_id, at, actor_id, table_name, row_id, operation, before, after, is_old
FROM changes
UNION ALL
SELECT 'undone', NULL, request_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM undone
UNION ALL
SELECT 'undoing', NULL, undo_request_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM activity_undo WHERE undo_request_id = ANY (%s)
UNION ALL
SELECT 'row', NULL, NULL, NULL, NULL, found.table_name, found.row_id, NULL, NULL, found.row, NULL
FROM ({rows}) found
"""
ROWS = """
SELECT '{table}' AS table_name, t."{key}" AS row_id, to_jsonb(t) - %s::text[] AS row
FROM "{table}" t WHERE t."{key}" = ANY ({ids})
"""

Rows = dict[tuple[str, UUID], Values]  #: rows as they are, by table and id


@dataclass(frozen=True, slots=True)
class Read:
    """What the log and the tables say about some requests.

    `undone` are those of them that were undone, `undoing` those that undid another.
    """

    changes: dict[UUID, list[Change]]
    rows: Rows
    undone: frozenset[UUID]
    undoing: frozenset[UUID]


def read_changes(
    request_ids: Iterable[UUID], *, now: datetime | None = None
) -> dict[UUID, list[Change]]:
    """The changes of each request in the order in which they were made. One query.

    Without `now`, the database's clock says which are too old.
    """
    request_ids = list(request_ids)
    rows = fetch_rows(CHANGES, [now, timedelta(days=UNDO_DAYS), request_ids])
    return _by_request(request_ids, rows)


def read_all(request_ids: Iterable[UUID]) -> Read:
    """The changes of each request, the rows that they touched as they are, and which were undone. One query."""
    request_ids = list(request_ids)
    names = [table.name for table in undo_registry.tables()]
    parameters = [
        None,
        timedelta(days=UNDO_DAYS),
        *[request_ids] * 3,
        *[NEVER_READ] * len(names),
    ]
    found = defaultdict(list)
    for row in fetch_rows(_changes_with_rows(tuple(names)), parameters):
        found[row.what].append(row)
    return Read(
        changes=_by_request(request_ids, [row[1:] for row in found["change"]]),
        rows={(row.table_name, row.row_id): _loaded(row.after) for row in found["row"]},
        undone=frozenset(row.request_id for row in found["undone"]),
        undoing=frozenset(row.request_id for row in found["undoing"]),
    )


@cache
def _changes_with_rows(names: tuple[str, ...]) -> str:
    wanted = "ARRAY(SELECT row_id FROM changes WHERE table_name = '{}')"
    rows = [ROWS.format(table=name, key=_key(name), ids=wanted.format(name)) for name in names]
    return CHANGES_WITH_ROWS.format(changes=CHANGES, rows=" UNION ALL ".join(rows))


def _by_request(request_ids, rows) -> dict[UUID, list[Change]]:
    found = {request_id: [] for request_id in request_ids}
    for change in sorted((Change(*row) for row in rows), key=attrgetter("id")):
        if not undo_registry.is_consequence(change.table_name):
            values = {"before": _loaded(change.before), "after": _loaded(change.after)}
            found[change.request_id].append(replace(change, **values))
    return found


def read_rows(changes: Iterable[Change]) -> Rows:
    """The rows of these changes as they are, without those that are gone. One query."""
    ids = defaultdict(set)
    for change in changes:
        if undo_registry.table_of(change.table_name):
            ids[change.table_name].add(change.row_id)
    if not ids:
        return {}
    parts = [ROWS.format(table=name, key=_key(name), ids="%s") for name in ids]
    parameters = [value for row_ids in ids.values() for value in (NEVER_READ, list(row_ids))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {(name, row_id): _loaded(row) for name, row_id, row in cursor.fetchall()}


def lock_row(table: UndoTable, row_id: UUID) -> Values | None:
    """A row as it is, locked to the end of the transaction; None where it is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT to_jsonb(t) - %s::text[] FROM "{table.name}" t '
            f'WHERE "{table.pk_column}" = %s FOR UPDATE',
            [NEVER_READ, row_id],
        )
        found = cursor.fetchone()
    return _loaded(found[0]) if found else None


def differs(table: UndoTable, wanted: Values, found: Values, *, is_new: bool) -> bool:
    """Whether a row has got other values since than a change gave it.

    `is_new`: the same request added the row, which others' changes may have moved along since.
    """
    ignored = table.derived | table.places if is_new else table.derived
    return any(
        found[name] != value
        for name, value in wanted.items()
        if name in found and name not in ignored
    )


def _loaded(value: str | None):
    """Numbers with their digits after the point, as the database has them."""
    return None if value is None else json.loads(value, parse_float=Decimal)


def _key(name):
    return undo_registry.table_of(name).pk_column
