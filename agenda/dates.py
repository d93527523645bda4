"""What lies ahead of people: kinds of dates, and the sources that know them. Higher floors register both in `ready()`.

A date is never stored here: it is read where it lives each time, so that a change counts at once, everywhere.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from notifications.kinds import Kind as Notice

#: The ends of time, for a span that is open to one side.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of date: what the filter calls it, its icon, and how it is told of the thing with a name.

    `notice` is the kind of notification that reminds of it, `lead` before; None where nobody need be reminded.
    """

    code: str
    label: str
    icon: str
    tell: Callable[[str], str]
    notice: Notice | None = None
    lead: timedelta = timedelta(days=1)


class Date(NamedTuple):
    """Something that happens at a time, for one person.

    `uid` stays the same when the date moves; `source` names the thing, for all people alike. `name` is the
    thing's own, `course` and `slug` the course it belongs to, `url` the path that leads there. `changed_at` is
    later than before whenever anything of this is different.
    """

    person_id: UUID
    kind: str
    uid: str
    source: str
    at: datetime
    name: str
    course: str
    slug: str
    url: str
    changed_at: datetime

    @property
    def icon(self) -> str:
        return _kinds[self.kind].icon

    @property
    def text(self) -> str:
        """In the active language: "“Branches” opens"."""
        return _kinds[self.kind].tell(self.name)

    @property
    def notice(self) -> Notice | None:
        return _kinds[self.kind].notice

    @property
    def reminded_at(self) -> datetime:
        """When a person is to hear of it."""
        return self.at - _kinds[self.kind].lead


class Span(NamedTuple):
    """The times from `since` on and before `until`."""

    since: datetime = BEGINNING
    until: datetime = END

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until


#: Gives the dates in a span: of these people, or of everybody for None. One query.
Source = Callable[[Sequence[UUID] | None, Span], Iterable[Date]]

_kinds: dict[str, Kind] = {}
_sources: list[Source] = []


def declare(kind: Kind) -> Kind:
    """Make a kind known. ValueError if another has its code."""
    if _kinds.setdefault(kind.code, kind) is not kind:
        raise ValueError(f"There is another kind of date {kind.code!r}.")
    return kind


def kinds() -> list[Kind]:
    """All kinds, in the order of their declaration."""
    return list(_kinds.values())


def kind_named(code: str) -> Kind | None:
    """The kind with this code; None where its app is gone."""
    return _kinds.get(code)


def register(source: Source) -> None:
    """Let an app tell of dates."""
    if source not in _sources:
        _sources.append(source)


def unregister(source: Source) -> None:
    """Forget a source; for tests."""
    _sources.remove(source)


def dates_of(people: Sequence[UUID] | None, span: Span) -> list[Date]:
    """All dates in a span, the earliest first; of these people, or of everybody for None. One query per source."""
    found = [date for source in _sources for date in source(people, span)]
    return sorted(found, key=lambda date: (date.at, date.uid))
