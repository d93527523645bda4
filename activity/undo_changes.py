"""What requests changed, and how these rows are now."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
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

Rows = dict[tuple[str, UUID], Values]  #: rows as they are, by table and id


def read_changes(
    request_ids: Iterable[UUID], *, now: datetime | None = None
) -> dict[UUID, list[Change]]:
    """The changes of each request in the order in which they were made. One query.

    Without `now`, the database's clock says which are too old.
    """
    request_ids = list(request_ids)
    found = {request_id: [] for request_id in request_ids}
    for row in fetch_rows(CHANGES, [now, timedelta(days=UNDO_DAYS), request_ids]):
        if not undo_registry.is_consequence(row.table_name):
            before, after = _loaded(row.before), _loaded(row.after)
            found[row.request_id].append(Change(*row._replace(before=before, after=after)))
    return found


def read_rows(changes: Iterable[Change]) -> Rows:
    """The rows of these changes as they are, without those that are gone. One query."""
    ids = defaultdict(set)
    for change in changes:
        if undo_registry.table_of(change.table_name):
            ids[change.table_name].add(change.row_id)
    if not ids:
        return {}
    parts = [
        f"SELECT '{name}' AS table_name, \"{_key(name)}\" AS row_id, to_jsonb(t) - %s::text[] AS row "
        f'FROM "{name}" t WHERE "{_key(name)}" = ANY (%s)'
        for name in ids
    ]
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
