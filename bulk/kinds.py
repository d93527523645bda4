"""What tables may be sent in: a registry that apps fill in `ready()`."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from bulk.models import BulkRow, BulkUpload

Outcome = BulkRow.Outcome


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a kind of table understands, by its name, its label or one of its other names."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    help: str = ""


class Change(NamedTuple):
    """A value that becomes another."""

    label: str
    before: str
    after: str


class Problem(NamedTuple):
    """What is wrong with a cell, or with its row where no label is given."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a row. `does` is said where it is more than a change of fields."""

    outcome: str
    title: str = ""
    does: str = ""
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    person_id: UUID | None = None


def refused(problem: str, *, label: str = "", **more) -> Verdict:
    """The verdict on a row with one problem."""
    return Verdict(Outcome.REFUSED, problems=(Problem(str(label), problem),), **more)


Cells = dict[str, str]  #: by the names of columns; a column that the table lacks is not in it


class Clerk(ABC):
    """Goes through the rows of one table, from first to last, on behalf of one person."""

    def read_ahead(self, many: Iterable[Cells]) -> None:  # noqa: B027 -- most have nothing to read
        """Find out at once what the next rows will ask for one by one."""

    @abstractmethod
    def check(self, cells: Cells) -> Verdict:
        """What would follow from a row, given the rows before it. Writes nothing."""

    @abstractmethod
    def carry_out(self, cells: Cells) -> Verdict:
        """Do what follows from a row now. Repeating it is harmless. Runs in a savepoint; raises the kind's refusals."""


class Kind(ABC):
    """A kind of table: who may send it in, its columns, and who goes through its rows."""

    name: str
    refusals: tuple[type[Exception], ...] = ()

    @abstractmethod
    def label(self, about_id: UUID | None) -> str:
        """What the rows are, for a heading."""

    @abstractmethod
    def may_send(self, user, about_id: UUID | None) -> bool:
        """Whether this person may send in such a table, and carry it out."""

    @abstractmethod
    def columns(self) -> Iterable[Column]:
        """What it understands."""

    def facts(self) -> Iterable[Column]:
        """What its tables tell when they are taken away, and nobody sends in."""
        return ()

    @abstractmethod
    def missing(self, names: set[str]) -> str:
        """What is said of a table that lacks a column it cannot do without; "" for one that is complete."""

    @abstractmethod
    def clerk(self, upload: BulkUpload, *, by, now: datetime) -> Clerk: ...

    @abstractmethod
    def page(self, about_id: UUID | None) -> str:
        """The address of the page to which the person goes back."""

    @abstractmethod
    def send_page(self, about_id: UUID | None) -> str:
        """The address of the page where such a table is sent in."""


_kinds: dict[str, Kind] = {}
_finders: list[Callable[[str], Kind | None]] = []


def register(kind: Kind) -> None:
    """Let tables of this kind be sent in; ValueError where another one has the name."""
    if kind.name in _kinds:
        raise ValueError(f"There is another kind {kind.name!r}.")
    _kinds[kind.name] = kind


def register_finder(finder: Callable[[str], Kind | None]) -> None:
    """Let `finder(name)` give kinds that are not known before all apps are loaded."""
    _finders.append(finder)


def kind_named(name: str) -> Kind | None:
    if name in _kinds:
        return _kinds[name]
    return next(filter(None, (finder(name) for finder in _finders)), None)


def guess_columns(titles: Iterable[str], columns: Iterable[Column]) -> dict[str, str]:
    """As what each title is read, "" for not at all; of two titles for one column, the first is read."""
    names = _names_of(columns)
    found: dict[str, str] = {}
    for title in titles:
        name = names.get(_plain(title), "")
        found[title] = "" if name in found.values() else name
    return found


def unknown_titles(titles: Iterable[str], kind: Kind) -> list[str]:
    """Those that name none of a kind's columns, neither what it reads nor what it only tells."""
    known = _names_of([*kind.columns(), *kind.facts()])
    return [title for title in titles if _plain(title) not in known]


def _names_of(columns):
    """The columns by all that they are called."""
    names: dict[str, str] = {}
    for column in columns:
        for known in (column.name, str(column.label), *column.aliases):
            names.setdefault(_plain(known), column.name)
    return names


def _plain(title):
    """Letters and digits alone: `E-Mail`, `e_mail` and `email` are the same."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return re.sub(r"[\W_]", "", re.sub(r"[\u0300-\u036f]", "", letters))
