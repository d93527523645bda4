"""One course, two faces: what the text last said, what it says now, and what the forms made of it meanwhile."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from content.models import CourseText, ItemDraft, Lesson, Module
from courses.models import Course


class Prefer(StrEnum):
    """Which face wins where both changed the same piece."""

    TEXT = "text"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A piece that both faces changed. `key` names it; `where` and `name` say to people what it is."""

    key: str
    where: str
    name: str
    text: str
    form: str


@dataclass(slots=True)
class Merge:
    """Decides piece by piece, with what the text last said as the base.

    `prefer` settles every conflict, `choices` single ones by their keys. `conflicts` collects the others, which change nothing
    until somebody chose.
    """

    base: Mapping[str, Any] | None
    prefer: Prefer | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, course: Course | None, **settled) -> "Merge":
        """The merge of a text with a course; there is no base for one that no text has said anything of."""
        kept = CourseText.objects.filter(course=course).first() if course else None
        return cls(kept.pieces if kept else None, **settled)

    def takes(self, key: str, text: Any, form: Any, *, where: str = "", name: str = "") -> bool:
        """Whether the text's value is to be written over the form's."""
        text, form = plain(text), plain(form)
        self.said[key] = text
        if text == form:
            return False
        if self.base is None or key not in self.base:
            return True
        base = self.base[key]
        if text == base:
            return False
        if form == base:
            return True
        choice = self.choices.get(key, self.prefer)
        if choice is None:
            self.conflicts.append(Conflict(key, where, name, shown(text), shown(form)))
            self.said[key] = base
        return choice == Prefer.TEXT

    def changes(
        self, prefix: str, text: Mapping[str, Any], form: Any, *, where: str
    ) -> dict[str, Any]:
        """Of the text's values by name, those to be written; `form` has the others as attributes or by name."""
        current = form.get if isinstance(form, Mapping) else lambda name: getattr(form, name)
        return {
            name: value
            for name, value in text.items()
            if self.takes(f"{prefix}/{name}", value, current(name), where=where, name=name)
        }

    def note(self, prefix: str, text: Mapping[str, Any]) -> None:
        """What the text says of something new."""
        self.said |= {f"{prefix}/{name}": plain(value) for name, value in text.items()}

    def takes_order(self, key: str, text: list[str], form: list[str], *, where: str) -> bool:
        """Whether the text's order is to be made: as `takes`, by what base, text and form all have."""
        base = (self.base or {}).get(key)
        self.said[key] = text
        if base is None:
            return True
        common = set(base) & set(text) & set(form)
        before, wanted, now = (
            [each for each in row if each in common] for row in (base, text, form)
        )
        if wanted == now or now == before:
            return True
        if wanted == before:
            return False
        choice = self.choices.get(key, self.prefer)
        if choice is None:
            self.conflicts.append(Conflict(key, where, "order", shown(wanted), shown(now)))
            self.said[key] = base
        return choice == Prefer.TEXT

    def remember(self, course: Course, *, now: datetime) -> None:
        """Keep what the text says as the base of the next merge; nothing is written when it said so already."""
        if self.base != self.said:
            CourseText.objects.update_or_create(
                course=course, defaults={"pieces": self.said, "written_at": now}
            )


def label_of(name: str) -> str:
    """What forms call a piece."""
    if name == "order":
        return _("order")
    for model in (Course, Lesson, Module, ItemDraft):
        with suppress(FieldDoesNotExist):
            return str(model._meta.get_field(name).verbose_name)
    return name


def plain(value: Any) -> Any:
    """The value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.01")))
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return getattr(value, "value", value)


def shown(value: Any) -> str:
    """The value for people: one line for each entry of a list."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)
