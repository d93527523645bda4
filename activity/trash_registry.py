"""What can be put in the trash: a registry that apps fill from their `trashing.py`, read once all apps are loaded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet, Value
from django.db.models.expressions import Combinable

NOTHING = Value("")


@dataclass(frozen=True, kw_only=True)
class TrashKind:
    """A kind of thing with a `deleted_at`.

    - `rows(user)` are those that the person may put in the trash and take out again, there or not.
    - `put`, `restore` and `purge` are services `(row, by=, now=)`; `refusals` are their errors for people.
    - `can_purge(user, row)` says who may delete it for good before its time.
    - `of` is the title of what it is part of, `parent_title` that of what must be restored before it, each
      as an expression over the rows; `parent(row)` is that thing itself with its kind's name, or None.
    """

    name: str
    model: type[Model]
    icon: str
    rows: Callable[[Any], QuerySet]
    put: Callable[..., Any]
    restore: Callable[..., Any]
    purge: Callable[..., Any]
    can_purge: Callable[[Any, Model], bool]
    refusals: tuple[type[Exception], ...]
    of: Combinable = NOTHING
    parent_title: Combinable = NOTHING
    parent: Callable[[Model], tuple[str, Model] | None] = lambda row: None

    @property
    def label(self) -> str:
        return self.model._meta.verbose_name

    @property
    def label_plural(self) -> str:
        return self.model._meta.verbose_name_plural


@dataclass(frozen=True, slots=True)
class Dependent:
    """Something that depends on a thing, as a phrase with its number: "3 lessons"."""

    text: str
    url: str = ""


_kinds: dict[str, TrashKind] = {}
_dependents: dict[str, list[Callable[[Model], Iterable[Dependent]]]] = {}


def register(kind: TrashKind) -> None:
    """Give a kind of thing a trash. What is purged first is registered first: parts before their whole."""
    _kinds[kind.name] = kind


def register_dependents(name: str, find: Callable[[Model], Iterable[Dependent]]) -> None:
    """Let a higher floor say what depends on a thing of this kind; one query at most."""
    _dependents.setdefault(name, []).append(find)


def kinds() -> list[TrashKind]:
    return list(_kinds.values())


def kind_named(name: str) -> TrashKind | None:
    return _kinds.get(name)


def dependents_of(kind: TrashKind, row: Model) -> list[Dependent]:
    """All that depends on a thing, as far as any app knows."""
    return [found for find in _dependents.get(kind.name, []) for found in find(row)]
