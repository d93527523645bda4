"""What an undo would put back, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst

from activity import registry, undo_registry, words
from activity.feed import Entry, Item
from activity.names import Names
from activity.undo_registry import Change
from activity.undo_rules import Operation

SHOWN = 30  # rows; more are counted


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one row: "goes", "back" or "changes", with its columns as they are and will be."""

    kind: str
    thing: str
    changes: tuple[words.Change, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """The effects on the first rows, and on how many more; what only changes its place is counted apart."""

    effects: tuple[Effect, ...]
    more_count: int
    moved_count: int


def preview(changes: list[Change]) -> Preview:
    """What becomes of each row that these changes touched; those of histories are left out. Three queries at most."""
    entries = list(_reversed_entries(changes))
    moved = [entry for entry in entries if _only_moves(entry)]
    told = [entry for entry in entries if entry not in moved]
    item = Item(at=changes[-1].at, id=changes[-1].id, entries=tuple(told[:SHOWN]), total=len(told))
    names = Names([item] if told else [])
    effects = tuple(_effect(entry, names) for entry in told[:SHOWN])
    return Preview(effects, len(told) - len(effects), len(moved))


def _reversed_entries(changes: list[Change]) -> Iterable[Entry]:
    """For each row one entry that leads from what the changes made of it back to what it was."""
    by_row: dict[tuple, list[Change]] = {}
    for change in changes:
        if undo_registry.table_of(change.table_name):
            by_row.setdefault(change.row, []).append(change)
    for made in by_row.values():
        entry = _reversed(made)
        if entry is not None:
            yield entry


def _reversed(made: list[Change]) -> Entry | None:
    first, last = made[0], made[-1]
    operation = Operation.UPDATE
    before: dict = {}
    after: dict = {}
    for change in made:
        before |= change.after or {}
    for change in reversed(made):
        after |= change.before or {}
    if first.operation == Operation.INSERT and last.operation == Operation.DELETE:
        return None
    if first.operation == Operation.INSERT:
        operation, after = Operation.DELETE, None
    elif last.operation == Operation.DELETE:
        operation, before = Operation.INSERT, None
    else:
        changed = {name for name, value in before.items() if after.get(name) != value}
        if not changed:
            return None
        before = {name: before[name] for name in changed}
        after = {name: after.get(name) for name in changed}
    return Entry(
        at=last.at,
        id=last.id,
        request_id=last.request_id,
        actor_id=last.actor_id,
        client_ip=None,
        table_name=last.table_name,
        row_id=last.row_id,
        operation=operation,
        before=before,
        after=after,
    )


def _only_moves(entry):
    table = undo_registry.table_of(entry.table_name)
    is_update = entry.operation == Operation.UPDATE
    return is_update and set(entry.after) <= table.places


def _effect(entry, names):
    kind = registry.by_table(entry.table_name)
    return Effect(
        kind={Operation.DELETE: "goes", Operation.INSERT: "back"}.get(entry.operation, "changes"),
        thing=capfirst(words.thing(entry, kind, names)),
        changes=tuple(words.changes(entry, names)) if entry.operation == Operation.UPDATE else (),
    )
