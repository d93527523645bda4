"""What the rows of a feed are called, also those that are gone."""

import json
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from activity import registry
from activity.feed import Entry, Item

PEOPLE = "users_user"

# The first and the last entry of a row hold all of it.
GONE = """
SELECT DISTINCT ON (table_name, row_id) table_name, row_id, COALESCE(after, before)
FROM tenancy_auditentry
WHERE row_id = ANY(%s) AND operation IN ('INSERT', 'DELETE')
ORDER BY table_name, row_id, at DESC
"""


class Names:
    """The names of all rows that some items speak of.

    One query; a second and a third where rows are gone, whose names the log itself still has.
    """

    def __init__(self, items: Iterable[Item], others: Iterable[tuple[str, UUID]] = ()):
        self._values: dict[tuple[str, str], dict] = {}
        wanted = defaultdict(set)
        for table, row_id in others:
            wanted[table].add(str(row_id))
        for item in items:
            for entry in item.entries:
                self._want(entry, wanted)
        self._read(wanted)

    def of(self, table: str, row_id) -> str:
        """The row's name, "" where nothing knows it any more."""
        return self._name(table, str(row_id), depth=0)

    def person(self, user_id) -> str:
        return self.of(PEOPLE, user_id)

    def is_known(self, table: str, row_id) -> bool:
        return (table, str(row_id)) in self._values

    def _want(self, entry: Entry, wanted):
        wanted[entry.table_name].add(str(entry.row_id))
        if entry.actor_id:
            wanted[PEOPLE].add(str(entry.actor_id))
        kind = registry.by_table(entry.table_name)
        if kind is None:
            return
        for values in (entry.before, entry.after):
            for column, value in (values or {}).items():
                table = kind.refers_to(column)
                if table is not None and value is not None:
                    wanted[table].add(str(value))

    def _read(self, wanted):
        self._read_live(wanted)
        gone = {(table, key) for table, keys in wanted.items() for key in keys} - set(self._values)
        gone = {pair for pair in gone if registry.by_table(pair[0])}
        if gone and self._read_gone(gone):
            self._read_live(self._referred_by(gone))

    def _read_live(self, wanted):
        parts, parameters = [], {}
        for number, (table, condition) in enumerate(_conditions(wanted, parameters).items()):
            kind = registry.by_table(table)
            columns = ", ".join(f"'{column}', t.{column}" for column in kind.columns)
            parameters[f"table_{number}"] = table
            parts.append(
                f"SELECT %(table_{number})s AS kind, {kind.key}, jsonb_build_object({columns}) "
                f"FROM {table} t WHERE {condition}"
            )
        if parts:
            self._remember(" UNION ALL ".join(parts), parameters)

    def _read_gone(self, gone) -> bool:
        """Whether the log knew any of them."""
        before = len(self._values)
        self._remember(GONE, [[UUID(key) for _table, key in gone]])
        return len(self._values) > before

    def _referred_by(self, gone):
        wanted = defaultdict(set)
        for table, key in gone & set(self._values):
            kind = registry.by_table(table)
            for column in kind.columns:
                target, value = kind.refers_to(column), self._values[table, key].get(column)
                if target is not None and value is not None and (target, value) not in self._values:
                    wanted[target].add(value)
        return wanted

    def _remember(self, sql, parameters):
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            for table, row_id, values in cursor.fetchall():
                self._values[table, str(row_id)] = json.loads(values)

    def _name(self, table, key, depth):
        kind, values = registry.by_table(table), self._values.get((table, key))
        if kind is None or values is None or depth > 2:
            return ""
        parts = []
        for column in kind.columns:
            value, target = values.get(column), kind.refers_to(column)
            if target is not None and value is not None:
                value = self._name(target, str(value), depth + 1)
            parts.append("" if value is None else str(value))
        return kind.name(parts)


def _conditions(wanted, parameters) -> dict[str, str]:
    """Which rows of which table: those that are wanted, and those that name the wanted ones."""
    conditions = defaultdict(list)
    for table in list(wanted):
        kind = registry.by_table(table)
        keys = [UUID(key) for key in wanted[table]]
        if kind is None or not keys:
            continue
        name = f"ids_{len(parameters)}"
        parameters[name] = keys
        conditions[table].append(f"{kind.key} = ANY(%({name})s)")
        for column in kind.columns:
            target = kind.refers_to(column)
            if target is not None and (other := registry.by_table(target)):
                named = f"SELECT t.{column} FROM {table} t WHERE {kind.key} = ANY(%({name})s)"
                conditions[target].append(f"{other.key} IN ({named})")
    return {table: " OR ".join(parts) for table, parts in conditions.items()}
