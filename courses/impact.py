"""Whom a change of a course touches, found out by making it and taking it back.

Every app registers in `ready()` what it can measure of a course and how it tells the difference. A measure reads
the database by itself, never what is cached under the outline's version: that version may come again with another
outline.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from courses.models import Course
from tenancy.context import acting_for_everyone


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a change does to people, in a sentence; a grave one takes something from them."""

    text: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class _Gauge:
    measure: Callable[[Course, datetime], Any]
    tell: Callable[[Any, Any], list[Effect]]


_gauges: dict[str, _Gauge] = {}


def register(name: str, measure: Callable, tell: Callable) -> None:
    """Compare `measure(course, now)` before and after a change; `tell(before, after) -> list[Effect]`.

    `measure` sees everybody's rows; `tell` is asked only where both differ. ValueError if the name is taken.
    """
    gauge = _Gauge(measure, tell)
    if _gauges.get(name, gauge) != gauge:
        raise ValueError(f"There is another measure {name!r}.")
    _gauges[name] = gauge


def unregister(name: str) -> None:
    """Forget a measure; for tests."""
    _gauges.pop(name, None)


def impact_of(course: Course, change: Callable[[], Any], *, now: datetime) -> list[Effect]:
    """What `change()` would do to people. It is made and taken back: nothing is written, nobody is told.

    Objects that the change altered in memory stay so. What it raises is raised.
    """
    with transaction.atomic():
        effects = _make(course, change, now)
        transaction.set_rollback(True)
    return effects


def change_unless_felt(course: Course, change: Callable[[], Any], *, now: datetime) -> list[Effect]:
    """Make a change that nobody feels; one that somebody would is taken back, and told."""
    with transaction.atomic():
        effects = _make(course, change, now)
        if effects:
            transaction.set_rollback(True)
    return effects


def _make(course, change, now):
    before = _measure(course, now)
    change()
    after = _measure(course, now)
    effects = [
        effect
        for name, gauge in _gauges.items()
        if before[name] != after[name]
        for effect in gauge.tell(before[name], after[name])
    ]
    return sorted(effects, key=lambda effect: not effect.is_grave)


def _measure(course, now):
    with acting_for_everyone():  # numbers of people alone come out of it
        return {name: gauge.measure(course, now) for name, gauge in _gauges.items()}
