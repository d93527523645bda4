"""What the feeds say about each kind of row: its name, what it is part of, which words fit a change.

Every audited model has an entry, in the module `activity_kinds` of its app; this app's holds those of the
floors below.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import models


def joined(parts: list[str]) -> str:
    return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class Kind:
    """One model as the feeds speak of it.

    - `thing`: a phrase that stands as the object of a sentence, such as `the lesson “%(name)s”`;
    - `columns`: what names a row, put together by `name`; a foreign key stands for the name of its row;
    - `courses`: SQL for the ids of the courses that the row `%(id)s` is part of;
    - `parts`: SQL for the ids of what belongs to the row `%(id)s` and is shown in its feed;
    - `tells(before, after)`: a sentence with `%(who)s` and `%(thing)s` for a change that has one of its own;
    - `hidden`: columns of no interest to a reader;
    - `weight`: of the changes of one request, the heaviest is the one that its sentence tells.
    """

    model: type[models.Model]
    thing: str
    columns: tuple[str, ...] = ("title",)
    name: Callable[[list[str]], str] = joined
    courses: str = ""
    parts: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    tells: Callable[[dict | None, dict | None], str | None] | None = None
    hidden: frozenset[str] = frozenset()
    weight: int = 5
    fields: dict[str, models.Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        fields = {column.column: column for column in self.model._meta.concrete_fields}
        object.__setattr__(self, "fields", fields)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        """SQL for a row's id as the audit log has it, of the row `t`: of a profile it is that of the person."""
        column = f"t.{self.model._meta.pk.column}"
        return f"tenancy_row_id({column}::text)" if self.has_number else column

    @property
    def has_number(self) -> bool:
        """Whether rows are numbered, as those of libraries are."""
        return isinstance(self.model._meta.pk, models.AutoField)

    def rows_with_id(self, row_id: UUID) -> models.QuerySet:
        """The row that the audit log calls by this id, or none."""
        key = row_id.int if self.has_number else row_id
        return self.model._base_manager.filter(pk=key)

    @property
    def slug(self) -> str:
        """How addresses call it."""
        return self.model._meta.model_name

    @property
    def is_course(self) -> bool:
        """What other rows are part of; its own entries are part of it as well."""
        return self.slug == "course"

    @property
    def is_person(self) -> bool:
        """Whose feed also holds what they did themselves."""
        return self.slug == "user"

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    def refers_to(self, column: str) -> str | None:
        """The table that a foreign key leads to, None for another column."""
        known = self.fields.get(column)
        if known is None or not known.is_relation:
            return None
        return known.related_model._meta.db_table


_kinds: dict[str, Kind] = {}
_course_rules: list[Callable] = []


def register(*kinds: Kind) -> None:
    """Let the feeds speak of these models. ValueError where an address would mean two of them."""
    for kind in kinds:
        known = by_slug(kind.slug)
        if known is not None and known.model is not kind.model:
            raise ValueError(f"Two kinds are called {kind.slug!r}.")
        _kinds[kind.table] = kind


def kinds() -> dict[str, Kind]:
    """All kinds by their table."""
    return _kinds


def by_table(table: str) -> Kind | None:
    return _kinds.get(table)


def by_slug(slug: str) -> Kind | None:
    return next((kind for kind in _kinds.values() if kind.slug == slug), None)


def register_course_rule(rule: Callable[..., frozenset]) -> None:
    """Let `rule(user, course_id, permissions, course)` say which of the permissions somebody has on a course.

    `course` is its row, or None where nobody has read it yet.
    """
    if rule not in _course_rules:
        _course_rules.append(rule)


def course_rules() -> list[Callable]:
    return _course_rules
