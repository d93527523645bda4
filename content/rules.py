"""The rules of modules and lessons: when they open, and how each rule reads as a sentence."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from content.completion import Completable, rule_of
from content.models import Module


class Released(Protocol):
    """A module or a lesson, as a model or as the outline knows it."""

    opens_at: datetime | None
    opens_after_days: int | None


class ReleasedLesson(Released, Completable, Protocol):
    """A lesson with both kinds of rules."""


def opening_of(part: Released, *, enrolled_at: datetime | None) -> datetime | None:
    """When a part opens to somebody who enrolled then; None where it is open from the start.

    Days are counted by the calendar of the current time zone, which on a page is the reader's: a part that
    opens after one day opens at the midnight that follows the enrollment. Who is not enrolled waits for
    dates alone.
    """
    if part.opens_at is not None:
        return part.opens_at
    if part.opens_after_days is None or enrolled_at is None:
        return None
    day = timezone.localtime(enrolled_at) + timedelta(days=part.opens_after_days)
    return day.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def lesson_opening(
    module: Released, lesson: Released, *, enrolled_at: datetime | None
) -> datetime | None:
    """When a lesson opens, by its own date and its module's; None where it is open from the start."""
    latest = None
    for part in (module, lesson):
        opens_at = opening_of(part, enrolled_at=enrolled_at)
        if opens_at is not None and (latest is None or opens_at > latest):
            latest = opens_at
    return latest


def closed_until(
    module: Released, lesson: Released, *, enrolled_at: datetime | None, now: datetime
) -> datetime | None:
    """The same for a lesson that does not open yet; None for an open one."""
    opens_at = lesson_opening(module, lesson, enrolled_at=enrolled_at)
    return None if opens_at is None or opens_at <= now else opens_at


def opening_text(opens_at: datetime) -> str:
    """ "Opens on Monday, Jan. 5, 2026 at 9 a.m.", in the reader's language and time zone; midnight goes without saying."""
    return _opening_text(opens_at, timezone.get_current_timezone(), get_language())


@lru_cache(maxsize=2_000)  # a course may have a day of its own for each lesson
def _opening_text(opens_at, zone, language):
    local = timezone.localtime(opens_at, zone)
    values = {
        "weekday": formats.date_format(local, "l"),
        "day": formats.date_format(local, "DATE_FORMAT"),
        "time": formats.time_format(local, "TIME_FORMAT"),
    }
    if (local.hour, local.minute) == (0, 0):
        return _("Opens on %(weekday)s, %(day)s") % values
    return _("Opens on %(weekday)s, %(day)s at %(time)s") % values


def as_sentence(text: str) -> str:
    """With a full stop, unless an abbreviation at its end brings one; "" stays so."""
    return text if not text or text.endswith(".") else f"{text}."


def release_note(part: Released) -> str:
    """When a part opens, for those who set the rule; "" where it is open from the start."""
    if part.opens_at is not None:
        return opening_text(part.opens_at)
    if part.opens_after_days is None:
        return ""
    if part.opens_after_days == 0:
        return _("Opens on the day of enrolling")
    text = ngettext(
        "Opens %(num)d day after enrolling",
        "Opens %(num)d days after enrolling",
        part.opens_after_days,
    )
    return text % {"num": part.opens_after_days}


def lesson_sentence(lesson: ReleasedLesson) -> str:
    """All rules of a lesson: "Complete once opened. Opens 3 days after enrolling." """
    return _joined(rule_of(lesson).sentence(lesson), as_sentence(release_note(lesson)))


def lesson_note(lesson: ReleasedLesson) -> str:
    """The same in short, of what is not as usual: "complete once opened · Opens on …"; "" for the usual."""
    notes = (rule_of(lesson).short(lesson), release_note(lesson))
    return " · ".join(filter(None, notes))


def module_sentence(module, *, is_sequential: bool) -> str:
    """All rules of a module in a course whose lessons are sequential or not."""
    order = _order_sentence(module.lesson_order, is_sequential)
    return _joined(order, as_sentence(release_note(module)))


def module_note(module) -> str:
    """The same in short, of what is not as in the whole course; "" where nothing is."""
    orders = {
        Module.Order.SEQUENTIAL: _("one after the other"),
        Module.Order.FREE: _("in any order"),
    }
    notes = (orders.get(module.lesson_order, ""), release_note(module))
    return " · ".join(filter(None, notes))


def _order_sentence(lesson_order, is_sequential):
    if lesson_order == Module.Order.SEQUENTIAL:
        return _("Its lessons open one after the other.")
    if lesson_order == Module.Order.FREE:
        return _("Its lessons open in any order.")
    if is_sequential:
        return _("Its lessons open one after the other, as in the whole course.")
    return _("Its lessons open in any order, as in the whole course.")


def _joined(*sentences):
    return " ".join(filter(None, sentences))
