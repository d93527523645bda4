"""Telling people of their dates in time: once for each thing and time, however often it is looked."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from agenda.dates import Date, Span, dates_of, kinds
from agenda.notices import facts_of
from notifications.models import Cadence, Notification, Preference
from notifications.services import notify

#: For those who wish for a weekly digest: the last one before the date still tells of it.
WEEKLY_LEAD = timedelta(days=8)


def remind(*, now: datetime) -> int:
    """Remind everybody in the organization of what is near, for whoever was not. Returns the number of reminders.

    What has passed is not told any more, and what moved is told again with its new time. A repeat, or one that
    comes after a long pause, therefore tells neither twice nor too late.
    """
    ahead = dates_of(None, Span(now, now + _longest_lead()))
    near = [date for date in ahead if date.notice is not None and date.reminded_at <= now]
    near += _told_weekly(Span(now, now + WEEKLY_LEAD))
    told = 0
    for date, people in _untold(near):
        source = _source_of(date)
        told += len(notify(people, date.notice, source=source, facts=facts_of(date), now=now))
    return told


def _longest_lead():
    return max((kind.lead for kind in kinds()), default=timedelta())


def _told_weekly(span):
    """The dates in a span of which somebody hears in a weekly digest."""
    codes = {kind.notice.code for kind in kinds() if kind.notice is not None}
    wishes = Preference.objects.filter(kind__in=codes, cadence=Cadence.WEEKLY)
    weekly = set(wishes.values_list("user_id", "kind"))
    if not weekly:
        return []
    people = sorted({person_id for person_id, _code in weekly})
    dates = [date for date in dates_of(people, span) if date.notice is not None]
    return [date for date in dates if (date.person_id, date.notice.code) in weekly]


def _untold(dates: Iterable[Date]):
    """Each thing and time with those people who were not reminded of it yet. One query."""
    first, people = {}, defaultdict(set)
    for date in dates:
        event = (date.notice.code, _source_of(date))
        first.setdefault(event, date)
        people[event].add(date.person_id)
    if not first:
        return
    told = Notification.objects.filter(
        user__in=set().union(*people.values()),
        kind__in={code for code, _source in first},
        source__in={source for _code, source in first},
    )
    for person_id, code, source in told.values_list("user_id", "kind", "source"):
        people[code, source].discard(person_id)
    for event, date in first.items():
        if people[event]:
            yield date, people[event]


def _source_of(date):
    return f"{date.source}:{date.at.isoformat()}"
