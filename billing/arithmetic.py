"""Tax within a price, and the periods of a plan. No database."""

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from billing.models import Plan
from lib.money import round_to_cents

MONTHS = {Plan.Cycle.MONTH: 1, Plan.Cycle.QUARTER: 3, Plan.Cycle.YEAR: 12}


class Split(NamedTuple):
    """A price taken apart: `net + tax` is the price, to the cent."""

    net: Decimal
    tax: Decimal


def split_tax(gross: Decimal, rate: Decimal) -> Split:
    """The tax of `rate` percent that a price holds."""
    net = round_to_cents(gross * 100 / (100 + rate))
    return Split(net, gross - net)


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, length))


def period_end(starts_on: date, cycle: str, number: int = 1) -> date | None:
    """The last day of the `number`-th period of a plan that began on `starts_on`; None for one paid once.

    Counted from the very first day, so that a short month shortens only its own period.
    """
    if cycle == Plan.Cycle.ONCE:
        return None
    return months_later(starts_on, number * MONTHS[Plan.Cycle(cycle)]) - timedelta(days=1)


def next_period_end(starts_on: date, ends_on: date, cycle: str) -> date | None:
    """The last day of the first period that ends after `ends_on`; None for a plan paid once."""
    if cycle == Plan.Cycle.ONCE:
        return None
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    number = max(1, months // MONTHS[Plan.Cycle(cycle)])
    while (end := period_end(starts_on, cycle, number)) <= ends_on:
        number += 1
    return end
