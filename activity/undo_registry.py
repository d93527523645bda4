"""Which tables can be undone, and how: a registry that apps fill in `ready()`.

A change of a table that is not registered here stands, and with it all else that its request changed. Two kinds
of rows are named without being undone: histories, which are only added to, and what follows from a change and
stays, such as a mail.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from lib.decisions import Reason


class Right(IntEnum):
    """What a person may do with a thing: nothing, change it, or also undo what others did to it."""

    NONE = 0
    CHANGE = 1
    OWN = 2


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row, as the audit log tells it; values are those of JSON."""

    id: int
    request_id: UUID
    at: datetime
    actor_id: UUID | None
    table_name: str
    row_id: UUID
    operation: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    is_old: bool

    @property
    def row(self) -> tuple[str, UUID]:
        return self.table_name, self.row_id

    @property
    def values(self) -> dict[str, Any]:
        """The row's values that are told, the newer ones first."""
        return self.after or self.before or {}


Values = Mapping[str, Any]  #: a row as JSON has it, by column


@dataclass(frozen=True, slots=True)
class Question:
    """What a person may do with some things, before the database was asked.

    `answer(key, *is_in)` gives the right on one thing, given whether it is in each of `rows`. All questions of a
    page are put in one query.
    """

    answer: Callable[..., Right]
    rows: tuple[QuerySet, ...] = ()


Rights = Callable[[Any, set[UUID]], Question]


def always(right: Right) -> Question:
    """The same right on everything."""
    return Question(lambda key: right)


@dataclass(frozen=True, kw_only=True)
class UndoTable:
    """How changes of a table are undone.

    - `rights(user, ids)` asks what a person may do with the things whose ids stand in the column `key`: once for
      a whole page. `needs_right`: the permission to undo others' changes does not replace it.
    - `person` is the column with the person a row is about: what people do to their own rows stays theirs.
    - `derived` columns follow from others: they are neither compared nor written back. `places` are those that
      others' changes move along, such as a position: they do not keep a new row from going away again.
    - `uses` are columns with things that a row shows or needs without being a part of them.
    - `files` are columns that name a file, which must still be there.
    - `check(user, change, values)` may object to undoing a change, given the row as it is now.
    - `step(change, values, by=, now=)` undoes a change by a service and says whether it did.
    - `lock(ids)` locks the things in `key` before anything else, in the order in which services do.
    - `trash(row_id, by=, now=)` is for a new row on which others depend by now. `parts` are rows that the
      database itself adds: models with the column that names the row.
    - `after(changes, by=, now=)` does what must follow, once all rows are as they were. It may raise.
    - `refusals` are errors of services whose text is meant for people.
    """

    model: type[Model]
    rights: Rights
    key: str = "id"
    title: str = "title"
    needs_right: bool = False
    person: str = ""
    derived: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    is_removable: bool = True
    parts: tuple[tuple[type[Model], str], ...] = ()
    check: Callable[[Any, Change, Values], Reason | None] | None = None
    step: Callable[..., bool] | None = None
    lock: Callable[[Iterable[UUID]], None] | None = None
    trash: Callable[..., Any] | None = None
    after: Callable[..., None] | None = None
    refusals: tuple[type[Exception], ...] = field(default=())

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def pk_column(self) -> str:
        return self.model._meta.pk.column


_tables: dict[str, UndoTable] = {}
_histories: dict[str, tuple[type[Model], str]] = {}
_consequences: set[str] = set()


def register(table: UndoTable) -> None:
    """Let changes of a table be undone."""
    _tables[table.name] = table


def register_history(model: type[Model], *, of: str = "") -> None:
    """Name a table that is only added to: its rows stay when the rest is undone.

    With `of`, the column with the row that it is the history of, they go and come with that row.
    """
    _histories[model._meta.db_table] = model, of


def register_consequence(model: type[Model]) -> None:
    """Name a table whose rows follow from changes and stay, such as what people were told."""
    _consequences.add(model._meta.db_table)


def table_of(name: str) -> UndoTable | None:
    return _tables.get(name)


def is_history(name: str) -> bool:
    return name in _histories


def history_parent(name: str) -> str:
    """The column with the row that the history's rows belong to, "" where they belong to none."""
    return _histories[name][1]


def history_model(name: str) -> type[Model]:
    return _histories[name][0]


def is_consequence(name: str) -> bool:
    return name in _consequences


def tables() -> list[UndoTable]:
    return list(_tables.values())
