"""Putting rows back: one change after the other, the last one first."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from activity import undo_registry
from activity.undo_changes import lock_row
from activity.undo_registry import Change, UndoTable, Values
from activity.undo_rules import Operation, conflict, page_of, title_of
from lib.decisions import Reason
from tenancy.context import require_organization_id

MILLISECONDS_OF_UUID7 = 80  # bits behind the time


class Refused(Exception):
    """The change cannot be undone; `reason` says why."""

    def __init__(self, reason: Reason):
        super().__init__(str(reason.text))
        self.reason = reason


class StillReferred(Exception):
    """Other rows depend on a new one, so it cannot simply go away again."""

    def __init__(self, change: Change):
        super().__init__(str(change.row))
        self.change = change


def put_back(changes: list[Change], *, by, now: datetime) -> list[Change]:
    """Undo all changes of a request; a new thing that others depend on by now goes to the trash as a whole.

    Returns the additions that went there. Raises Refused, and what services and the database refuse.
    """
    kept: set[tuple[str, UUID]] = set()
    trashed: list[Change] = []
    while True:
        try:
            with transaction.atomic():
                _replay(changes, kept, by=by, now=now)
            break
        except StillReferred as found:
            change = found.change
            table = undo_registry.table_of(change.table_name)
            if table.trash is None:
                raise Refused(_still_used(table, change)) from found
            trashed.append(change)
            kept |= _with_what_hangs_on(change, changes)
    for change in trashed:
        undo_registry.table_of(change.table_name).trash(change.row_id, by=by, now=now)
    return trashed


def _replay(changes, kept, *, by, now):
    new = {change.row for change in changes if change.operation == Operation.INSERT}
    for change in reversed(_with_their_history(changes)):
        if change.row in kept:
            continue
        table = undo_registry.table_of(change.table_name)
        if table is None:
            _put_history_back(change)
        else:
            _undo_change(table, change, is_new=change.row in new, by=by, now=now)


def _undo_change(table: UndoTable, change: Change, *, is_new, by, now):
    found = lock_row(table, change.row_id)
    reason = conflict(table, change, found, change.after or {}, is_new=is_new)
    if reason:
        raise Refused(reason)
    if table.step is not None and table.step(change, found, by=by, now=now):
        return
    if change.operation == Operation.INSERT:
        _remove(table, change)
    elif change.operation == Operation.DELETE:
        _require_files(table, change.before)
        insert_row(table.model, change.row_id, change.before, now=now)
    else:
        former = {k: v for k, v in change.before.items() if k not in table.derived}
        if is_new:
            former = {
                name: value
                for name, value in former.items()
                if name not in table.places or found[name] == change.after[name]
            }
        _require_files(table, former)
        update_row(table.model, change.row_id, former)


def _remove(table, change):
    try:
        with transaction.atomic():
            for model, column in table.parts:
                _delete(model, column, change.row_id)
            _delete(table.model, table.pk_column, change.row_id)
    except IntegrityError as error:
        if type(error.__cause__).__name__ != "ForeignKeyViolation":
            raise
        raise StillReferred(change) from error


def _require_files(table, values):
    for name in table.files:
        stored = values.get(name)
        if stored and not default_storage.exists(stored):
            raise Refused(Reason("file_gone", _("The file that was there has been deleted.")))


def _still_used(table, change):
    text = _("%(title)s is in use by now.") % {"title": title_of(table, change.after)}
    return Reason("in_use", text, page_of(table, change), _("Look at it"))


def _with_their_history(changes: list[Change]) -> list[Change]:
    """The changes without histories, but for those whose row was itself added or deleted with them."""
    moved = {
        change.row_id
        for change in changes
        if change.operation != Operation.UPDATE and undo_registry.table_of(change.table_name)
    }
    wanted = {change.id for change in changes if undo_registry.table_of(change.table_name)}
    histories = [
        change
        for change in changes
        if change.id not in wanted
        and change.operation != Operation.UPDATE
        and undo_registry.history_parent(change.table_name)
    ]
    while True:
        belonging = [change for change in histories if _parent_of(change) in moved]
        if not belonging:
            return [change for change in changes if change.id in wanted]
        wanted |= {change.id for change in belonging}
        moved |= {change.row_id for change in belonging}
        histories = [change for change in histories if change.id not in wanted]


def _parent_of(change):
    value = change.values.get(undo_registry.history_parent(change.table_name))
    return UUID(value) if value else None


def _put_history_back(change):
    model = undo_registry.history_model(change.table_name)
    if change.operation == Operation.INSERT:
        _delete(model, model._meta.pk.column, change.row_id)
    else:
        insert_row(model, change.row_id, change.before, now=made_at(change.row_id))


def _with_what_hangs_on(change: Change, changes: list[Change]) -> set[tuple[str, UUID]]:
    """The row and all that the same request added below it."""
    kept = {change.row}
    while True:
        ids = {str(row_id) for _name, row_id in kept}
        more = {
            other.row
            for other in changes
            if other.operation == Operation.INSERT and not ids.isdisjoint(_wholes_of(other))
        } - kept
        if not more:
            return kept
        kept |= more


def _wholes_of(change):
    """Ids of what a new row may be a part of."""
    table = undo_registry.table_of(change.table_name)
    uses = table.uses if table else frozenset()
    return {
        value
        for name, value in change.after.items()
        if type(value) is str and name not in uses
    }  # fmt: skip


def update_row(model: type[models.Model], row_id: UUID, values: Values) -> None:
    """Give columns of a row these values of JSON; columns that there are no more are left out."""
    names = [name for name in _columns(model) if name in values]
    if not names:
        return
    table, pk = model._meta.db_table, model._meta.pk.column
    columns = _quoted(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" SET ({columns}) = '
            f'(SELECT {columns} FROM jsonb_populate_record(NULL::"{table}", %s::jsonb)) '
            f'WHERE "{pk}" = %s',
            [json.dumps(values, default=str), row_id],
        )


def insert_row(model: type[models.Model], row_id: UUID, values: Values, *, now: datetime) -> None:
    """Add a row as it was, with its id; what the audit log does not tell gets its default."""
    names = _columns(model)
    row = _defaults(model) | dict(values)
    row |= {
        "organization_id": require_organization_id(),
        "created_at": made_at(row_id),
        "updated_at": now,
        model._meta.pk.column: row_id,
    }
    table, columns = model._meta.db_table, _quoted(names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({columns}) '
            f'SELECT {columns} FROM jsonb_populate_record(NULL::"{table}", %s::jsonb)',
            [json.dumps(row, default=str)],
        )


def made_at(row_id: UUID) -> datetime:
    """When a row was made, which its id tells to the millisecond; the audit log does not repeat it."""
    return datetime.fromtimestamp((row_id.int >> MILLISECONDS_OF_UUID7) / 1000, UTC)


def _delete(model, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE "{column}" = %s', [value])


def _defaults(model):
    return {
        field.column: field.get_default()
        for field in model._meta.concrete_fields
        if not field.generated and field.column not in ("id", "organization_id")
    }


def _columns(model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields if not field.generated]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
