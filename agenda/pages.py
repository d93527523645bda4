"""How an agenda is shown: narrowed, a page at a time, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db.models import CharField, DateTimeField
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from agenda.dates import Date, Kind, Span, dates_of, kinds
from lib.pagination import Column, Page, paginate_rows

PER_PAGE = 50
AHEAD = (Column("at", DateTimeField), Column("uid", CharField))
BACK = (Column("-at", DateTimeField), Column("-uid", CharField))


@dataclass(frozen=True, slots=True)
class Wish:
    """What of an agenda is to be shown: what lies ahead or what has been, of one course, of one kind."""

    is_past: bool = False
    course: str = ""
    kind: str = ""

    @classmethod
    def of(cls, query) -> "Wish":
        """As the address of a page says it; words that mean nothing narrow nothing."""
        kind = query.get("kind", "")
        known = {kind.code for kind in kinds()}
        return cls(
            is_past=query.get("show") == "past",
            course=query.get("course", "")[:200],
            kind=kind if kind in known else "",
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.course or self.kind)

    def as_query(self) -> dict[str, str]:
        """The same for the addresses of other pages."""
        return {
            "show": "past" if self.is_past else "",
            "course": self.course,
            "kind": self.kind,
        }

    def fits(self, one: Date) -> bool:
        return self.course in ("", one.slug) and self.kind in ("", one.kind)


@dataclass(frozen=True, slots=True)
class Agenda:
    """A page of one person's dates, with the courses and kinds that the whole of it could be narrowed to."""

    page: Page
    courses: list[tuple[str, str]]
    kinds: list[Kind]


def agenda_of(person_id, wish: Wish, *, cursor: str | None, now: datetime) -> Agenda:
    """What lies ahead of a person, the next first, or what has been, the latest first. One query per source."""
    span = Span(until=now) if wish.is_past else Span(since=now)
    found = dates_of([person_id], span)
    page = paginate_rows(
        _reader([one for one in found if wish.fits(one)], wish.is_past),
        list(BACK if wish.is_past else AHEAD),
        cursor=cursor,
        size=PER_PAGE,
    )
    used = {one.kind for one in found}
    courses = sorted({one.slug: one.course for one in found}.items(), key=lambda pair: pair[1])
    return Agenda(page, courses, [kind for kind in kinds() if kind.code in used])


def _reader(dates, is_past):
    def fetch(position, backwards, limit):
        falls = is_past != backwards
        rows = sorted(dates, key=_place, reverse=falls)
        if position is not None:
            edge = tuple(position)
            rows = [row for row in rows if (_place(row) < edge if falls else _place(row) > edge)]
        return rows[:limit]

    return fetch


def _place(one):
    return (one.at, one.uid)


def by_day(dates: Iterable[Date], *, now: datetime) -> list[tuple[date, str, list[Date]]]:
    """Each day of the reader's calendar with what it is called and its dates, in their order."""
    today = timezone.localdate(now)
    days = groupby(dates, key=lambda one: timezone.localdate(one.at))
    return [(day, day_text(day, today=today), list(rows)) for day, rows in days]


def day_text(day: date, *, today: date) -> str:
    """ "Today", "Tomorrow", "Yesterday", else "Monday, Jan. 5, 2026"."""
    near = {
        today - timedelta(days=1): _("Yesterday"),
        today: _("Today"),
        today + timedelta(days=1): _("Tomorrow"),
    }
    return near.get(day) or _("%(weekday)s, %(day)s") % {
        "weekday": formats.date_format(day, "l"),
        "day": formats.date_format(day, "DATE_FORMAT"),
    }
