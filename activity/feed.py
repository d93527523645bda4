"""The changes of a feed, request by request, from the audit log."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import connection, models

from activity.asked import AskedActivity
from activity.registry import Kind
from lib.pagination import Column, Page, paginate_rows

ITEMS = 20  # a page
ENTRIES = 12  # shown of one request; the rest is counted

_COLUMNS = [
    Column("-at", models.DateTimeField),
    Column("-id", models.BigAutoField),
]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries a feed is about: those with one of `ids` in one of `columns`; all without columns.

    `ids` is SQL with the parameter `%(id)s`.
    """

    columns: tuple[str, ...] = ()
    ids: str = "SELECT %(id)s::uuid"
    id: UUID | list | None = None
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one row."""

    at: datetime
    id: int
    request_id: UUID | None
    actor_id: UUID | None
    client_ip: str | None
    table_name: str
    row_id: UUID
    operation: str
    before: dict | None
    after: dict | None

    @property
    def values(self) -> dict:
        """What is known of the row from this entry: the newest value of each column in it."""
        return (self.before or {}) | (self.after or {})


@dataclass(frozen=True, slots=True)
class Item:
    """What one request changed, as far as it belongs to the feed; `entries` are the first of `total`."""

    at: datetime
    id: int
    entries: tuple[Entry, ...]
    total: int

    @property
    def request_id(self) -> UUID | None:
        return self.entries[0].request_id

    @property
    def actor_id(self) -> UUID | None:
        return self.entries[0].actor_id

    @property
    def client_ip(self) -> str | None:
        return self.entries[0].client_ip


EVERYTHING = Scope()


def scope_of(kind: Kind, row_id: UUID) -> Scope:
    """The feed of one row: the row itself, what belongs to it, and of a person what they did."""
    ids = " UNION ".join(["SELECT %(id)s::uuid", *kind.parts])
    if kind.is_person:
        return Scope(("actor_id", "person_id", "row_id"), ids, row_id, is_person=True)
    if kind.is_course:
        return Scope(("scope_id",), ids, row_id)
    return Scope(("row_id", "scope_id"), ids, row_id)


def page_of(
    scope: Scope,
    asked: AskedActivity,
    *,
    cursor: str | None = None,
    size: int = ITEMS,
    entries: int = ENTRIES,
) -> Page:
    """A page of items, the newest first. One query; a step back to the beginning takes two."""
    if asked.people == []:
        return Page([], None, None, size)
    scope, asked = narrowed(scope, asked)

    def fetch(values, backwards, limit):
        return read_items(scope, asked, values, backwards, limit, entries)

    return paginate_rows(fetch, _COLUMNS, cursor=cursor, size=size)


def narrowed(scope: Scope, asked: AskedActivity) -> tuple[Scope, AskedActivity]:
    """The whole feed of some people is read from the index of people, not sought in everybody's."""
    if scope.columns or not asked.people:
        return scope, asked
    by_actor = Scope(("actor_id",), "SELECT unnest(%(id)s::uuid[])", asked.people)
    return by_actor, replace(asked, people=None)


def read_items(scope: Scope, asked: AskedActivity, values, backwards, limit, entries) -> list[Item]:
    sql = statement(scope, asked, has_position=values is not None, backwards=backwards)
    parameters = asked.parameters() | {"id": scope.id, "limit": limit, "entries": entries}
    if values is not None:
        parameters |= {"at": values[0], "after_id": values[1]}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return [_item(key, list(group)) for key, group in groupby(rows, key=lambda row: row[:2])]


def _item(key: tuple, rows: Sequence[tuple]) -> Item:
    at, number = key
    entries = tuple(Entry(*row[3:-2], _parsed(row[-2]), _parsed(row[-1])) for row in rows)
    return Item(at, number, entries, rows[0][2])


def _parsed(text: str | None) -> dict | None:
    return None if text is None else json.loads(text)


# A request stands where its last entry stands that belongs to the feed; earlier ones are passed over. No request lasts
# a day, so its entries are sought in one month of the log, or two.
STATEMENT = """
WITH wanted AS MATERIALIZED ({ids}),
leaders AS (
    SELECT at, id, request_id FROM ({arms}) found ORDER BY at {way}, id {way} LIMIT %(limit)s
)
SELECT leaders.at, leaders.id, member.total, member.at, member.id, member.request_id, member.actor_id,
    host(member.client_ip), member.table_name, member.row_id, member.operation, member.before, member.after
FROM leaders CROSS JOIN LATERAL (
    SELECT *, count(*) OVER () AS total FROM (
        SELECT m.* FROM tenancy_auditentry m WHERE m.request_id = leaders.request_id
            AND m.at BETWEEN leaders.at - interval '1 day' AND leaders.at AND {m_fits}
        UNION ALL
        SELECT m.* FROM tenancy_auditentry m
        WHERE leaders.request_id IS NULL AND m.at = leaders.at AND m.id = leaders.id
    ) m ORDER BY m.at, m.id LIMIT %(entries)s
) member
ORDER BY leaders.at {way}, leaders.id {way}, member.at, member.id
"""
LEADERS = """
SELECT e.at, e.id, e.request_id FROM tenancy_auditentry e
WHERE {condition} AND {e_asked} AND {beyond} AND NOT EXISTS (
    SELECT FROM tenancy_auditentry later
    WHERE later.request_id = e.request_id AND (later.at, later.id) > (e.at, e.id)
        AND later.at BETWEEN e.at AND e.at + interval '1 day' AND {later_fits}
)
ORDER BY e.at {way}, e.id {way} LIMIT %(limit)s
"""


def statement(scope: Scope, asked: AskedActivity, *, has_position: bool, backwards: bool) -> str:
    """The SQL of one page. Only what this module and the registry wrote stands in it; values are parameters."""

    def fits(alias):
        within = [f"{alias}.{column} IN (SELECT id FROM wanted)" for column in scope.columns]
        conditions = [asked.condition(alias)] + ([f"({' OR '.join(within)})"] if within else [])
        return " AND ".join(conditions)

    way, operator = ("ASC", ">") if backwards else ("DESC", "<")
    beyond = f"(e.at, e.id) {operator} (%(at)s, %(after_id)s)" if has_position else "true"
    shared = {"way": way, "beyond": beyond, "e_asked": asked.condition("e")}

    def leaders(condition):
        return LEADERS.format(condition=condition, later_fits=fits("later"), **shared)

    arms = [
        f"SELECT e.* FROM wanted w CROSS JOIN LATERAL ({leaders(f'e.{column} = w.id')}) e"
        for column in scope.columns
    ] or [f"({leaders('true')})"]
    ids = f"SELECT * FROM ({scope.ids}) wanted(id)" if scope.columns else "SELECT NULL::uuid AS id"
    return STATEMENT.format(ids=ids, arms=" UNION ".join(arms), way=way, m_fits=fits("m"))
