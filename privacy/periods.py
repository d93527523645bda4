"""Months and years on the calendar, where the day of the month may not exist."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day (and time) so many months later, or earlier for fewer than none; the month's last if it is short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))
