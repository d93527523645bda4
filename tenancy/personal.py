"""What of each model is about a person: how it is exported, and what an erasure leaves of it.

An app says so in its `personal_data.py`, which is read once all apps are loaded:

    declare(
        Profile,
        heading=_("Profile"),
        person="user_id",
        personal=["display_name", "bio", "avatar"],
    )

The suite fails for a model without a declaration, and for a column that could hold something personal
(text, address, JSON, file) and is named in none of a declaration's lists.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import TenantModel

#: Fields that take whatever somebody writes, or hold an address.
FREE_FIELDS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.BinaryField,
    models.GenericIPAddressField,
    ArrayField,
    SearchVectorField,
)

RECORD_KEPT = _(
    "What was learned stays on record, without a name, as long as the organization keeps it."
)


class Rows(StrEnum):
    """What an erasure does with the rows about a person."""

    STAY = "stay"  #: kept; what is personal in them is emptied or replaced
    GO = "go"  #: deleted
    UNLINKED = "unlinked"  #: kept, and no longer anybody's


@dataclass(frozen=True, slots=True)
class Replacement:
    """A column that cannot be empty: what it becomes, and how one sees that it did."""

    make: Callable[[], Any]
    pattern: str  #: a regular expression that fits the new values alone


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What one model holds about people.

    `person` is the lookup from a row to the id of whom it is about; "" where it is about nobody. `find` gives
    the rows of a person where a lookup cannot. Each column that could hold something personal is in one of:
    `personal` (exported, emptied), `replaced`, `kept` (exported, kept, with the reason), `impersonal`.
    `withheld` names those of them that are not exported, with the reason. `facts` are exported and kept.
    `reason` says why rows stay, or why nothing is personal. A log (`is_log`) is written by the database and
    belongs to `privacy.logs`.
    """

    model: type[models.Model]
    heading: str = ""
    person: str = ""
    rows: Rows = Rows.STAY
    reason: str = ""
    facts: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    replaced: dict[str, Replacement] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)
    impersonal: tuple[str, ...] = ()
    find: Callable[[UUID], models.QuerySet] | None = None
    is_log: bool = False

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def is_about_people(self) -> bool:
        return bool(self.person or self.find)

    @property
    def erased_columns(self) -> tuple[str, ...]:
        """What no longer says anything after an erasure."""
        return (*self.personal, *self.replaced)

    @property
    def exported_columns(self) -> tuple[str, ...]:
        names = (*self.replaced, *self.personal, *self.kept, *self.facts)
        return tuple(name for name in names if name not in self.withheld)

    @property
    def file_columns(self) -> tuple[str, ...]:
        """Whose files are part of the export."""
        names = self.exported_columns
        return tuple(name for name in names if isinstance(self.field(name), models.FileField))

    def field(self, name: str) -> models.Field:
        return self.model._meta.get_field(name)

    def rows_of(self, user_id: UUID) -> models.QuerySet:
        """The rows about this person."""
        if self.find is not None:
            return self.find(user_id)
        if not self.person:
            return self.model._default_manager.none()
        return self.model._default_manager.filter(**{self.person: user_id})

    def empty_value(self, name: str) -> Any:
        """What an emptied column holds."""
        column = self.field(name)
        if column.null:
            return None
        return column.get_default() if column.has_default() else ""

    def undeclared_columns(self) -> list[str]:
        """Columns that could hold something personal and are in none of the lists."""
        named = {*self.personal, *self.replaced, *self.kept, *self.impersonal, *self.facts}
        return [
            column.name
            for column in self.model._meta.concrete_fields
            if could_be_personal(column) and column.name not in named
        ]


_declared: dict[str, PersonalData] = {}


def declare(model: type[models.Model], **what) -> None:
    """Say what is personal in a model; see `PersonalData` for the keywords. ValueError where it was said."""
    if model._meta.label in _declared:
        raise ValueError(f"{model._meta.label} has been declared already.")
    lists = ("facts", "personal", "impersonal")
    what = {name: tuple(value) if name in lists else value for name, value in what.items()}
    _declared[model._meta.label] = PersonalData(model, **what)


def nothing_personal(model: type[models.Model], *impersonal: str, reason: str) -> None:
    """Say that a model is about nobody, with its columns of free text and the reason as a sentence."""
    declare(model, reason=reason, impersonal=impersonal)


def forget(model: type[models.Model]) -> PersonalData | None:
    """Take a declaration back; for tests."""
    return _declared.pop(model._meta.label, None)


def declaration_of(model: type[models.Model]) -> PersonalData | None:
    return _declared.get(model._meta.label)


def declarations() -> list[PersonalData]:
    """All declarations, in the order in which the apps made them."""
    return list(_declared.values())


def about_people() -> Iterator[PersonalData]:
    """Those of models whose rows are about somebody and are no logs."""
    return (data for data in _declared.values() if data.is_about_people and not data.is_log)


def audited_columns() -> dict[str, dict]:
    """For each table in the audit log: the column that names the person, those that tell about them, and
    which of these are not exported."""
    told = {}
    for data in about_people():
        if not issubclass(data.model, TenantModel) or not data.person or not data.erased_columns:
            continue
        if data.person != "pk" and "__" in data.person:
            continue
        told[data.model._meta.db_table] = {
            "person": _column(data.model, data.person),
            "columns": [data.field(name).column for name in data.erased_columns],
            "withheld": [data.field(name).column for name in data.withheld],
        }
    return told


def could_be_personal(column: models.Field) -> bool:
    """Whether a column takes free text, addresses, files or structures."""
    if not isinstance(column, FREE_FIELDS):
        return False
    content = column.base_field if isinstance(column, ArrayField) else column
    return not content.choices


def _column(model, lookup):
    options = model._meta
    if lookup == "pk":
        return options.pk.column
    return options.get_field(lookup.removesuffix("_id")).column
