"""Dates as an iCalendar file (RFC 5545)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from agenda.dates import Date

PRODUCT = "-//Cairn//Agenda//EN"
EVERY = timedelta(hours=4)  # how often calendar programs are asked to read again
#: Counted from here, the seconds of a date's last change are its revision.
FIRST_REVISION = datetime(2020, 1, 1, tzinfo=UTC)
#: What some programs take for the end of a line, or cannot read.
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def calendar_of(dates: Iterable[Date], *, name: str, origin: str, site: str) -> bytes:
    """The dates as events, in the active language; equal dates give equal bytes.

    `origin` is put before the paths of links; `site` makes the events' names unique in the world. Times are in
    UTC, which every program shows in its owner's zone.
    """
    from icalendar import Calendar, vText  # noqa: PLC0415 -- costs megabytes, and one page needs it

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", vText(_one_line(name)))
    calendar.add("x-wr-calname", vText(_one_line(name)))
    calendar.add("x-wr-timezone", timezone.get_current_timezone_name())
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    for date in dates:
        calendar.add_component(_event(date, origin, site))
    return calendar.to_ical()


def _event(date, origin, site):
    from icalendar import Event  # noqa: PLC0415 -- as above

    event = Event()
    event.add("uid", f"{date.uid}@{site}")
    event.add("dtstamp", date.changed_at.astimezone(UTC))
    event.add("last-modified", date.changed_at.astimezone(UTC))
    event.add("sequence", int((date.changed_at - FIRST_REVISION).total_seconds()))
    event.add("dtstart", date.at.astimezone(UTC))
    event.add("summary", _one_line(date.text))
    event.add("description", _one_line(date.course))
    event.add("url", f"{origin}{date.url}")
    event.add("transp", "TRANSPARENT")
    return event


def _one_line(text):
    return _BREAKS.sub(" ", text).strip()
