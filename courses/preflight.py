"""What still stands in the way of publishing a course: a registry that higher floors fill in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error blocks publishing; a warning is shown and may be ignored."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: how bad it is, a stable code, a sentence for the author, and where to mend it.

    `is_waiting` says that it is about something that students do not see as it is: it keeps that from being
    published, and nothing else.
    """

    level: Level
    code: str
    text: str
    url: str = ""
    is_waiting: bool = False

    @property
    def is_error(self) -> bool:
        return self.level == Level.ERROR

    @property
    def is_blocking(self) -> bool:
        """Whether students would meet an error."""
        return self.is_error and not self.is_waiting


_checks: dict[str, Callable] = {}


def register(name: str, check: Callable) -> None:
    """Ask `check(course) -> list[Finding]` before a course is published. ValueError if the name is taken."""
    if _checks.get(name, check) is not check:
        raise ValueError(f"There is another check {name!r}.")
    _checks[name] = check


def unregister(name: str) -> None:
    """Forget a check; for tests."""
    _checks.pop(name, None)


def findings_of(course) -> list[Finding]:
    """What all registered checks found, errors first."""
    found = [finding for check in _checks.values() for finding in check(course)]
    return sorted(found, key=lambda finding: not finding.is_error)


def errors_of(course) -> list[Finding]:
    """The findings that block publishing: errors in what students see, or would see once this is committed."""
    return [finding for finding in findings_of(course) if finding.is_blocking]
