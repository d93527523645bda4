"""What is made ready when a course is published: a registry that higher floors fill in `ready()`."""

from collections.abc import Callable
from datetime import datetime

from courses.models import Course

_steps: dict[str, Callable] = {}


def register(name: str, step: Callable) -> None:
    """Call `step(course, by=…, now=…)` in the transaction that publishes. ValueError if the name is taken."""
    if _steps.get(name, step) is not step:
        raise ValueError(f"There is another step {name!r}.")
    _steps[name] = step


def prepare(course: Course, *, by, now: datetime) -> None:
    """Take every step; the course is held by the caller."""
    for step in _steps.values():
        step(course, by=by, now=now)
