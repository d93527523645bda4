"""What templates may call: a registry that apps fill in `ready()`, and the filters every page needs.

`config/jinja.py` builds the environment and calls `apply(env)` once.
"""

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_DOWN, Decimal

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from jinja2 import Environment

from lib.money import money

_globals: dict[str, Callable] = {}
_filters: dict[str, Callable] = {}


def register(name: str, function: Callable) -> None:
    """Give all templates a global of this name. ValueError if another holds the name."""
    _put(_globals, name, function)


def register_filter(name: str, function: Callable) -> None:
    """Give all templates a filter of this name. ValueError if another holds the name."""
    _put(_filters, name, function)


def apply(env: Environment) -> None:
    """Put everything registered so far, and the filters of this module, into an environment."""
    env.filters.update(FILTERS)
    env.filters.update(_filters)
    env.globals.update(_globals)


def _put(registry, name, function):
    if registry.get(name, function) is not function or (registry is _filters and name in FILTERS):
        raise ValueError(f"Templates already know another {name!r}.")
    registry[name] = function


def date(value: dt.date | dt.datetime | None, style: str = "DATE_FORMAT") -> str:
    """A day in the reader's language and time zone, "" for None. `style` as in Django's formats."""
    if value is None:
        return ""
    return formats.date_format(_local(value), style)


def datetime(value: dt.datetime | None, style: str = "DATETIME_FORMAT") -> str:
    """Day and time in the reader's language and time zone, "" for None."""
    return date(value, style)


def datetime_zone(value: dt.datetime | None) -> str:
    """Day and time with the name of the zone, for what is read away from the site, such as a mail; "" for None."""
    if value is None:
        return ""
    local = _local(value)
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname() or ''}".rstrip()


def time(value: dt.datetime | dt.time | None, style: str = "TIME_FORMAT") -> str:
    """The time of day in the reader's language and time zone, "" for None."""
    if value is None:
        return ""
    return formats.time_format(_local(value), style)


def _local(value):
    is_aware = isinstance(value, dt.datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if is_aware else value


def duration(value: int | float | Decimal | dt.timedelta | None) -> str:
    """Seconds (or a timedelta) as "1 h 20 min", under a minute as "45 s", "" for None."""
    if value is None:
        return ""
    seconds = max(0, int(value.total_seconds() if isinstance(value, dt.timedelta) else value))
    if 0 < seconds < 60:
        return _("%(seconds)s s") % {"seconds": seconds}
    hours, rest = divmod((seconds + 30) // 60, 60)
    values = {"hours": number(hours), "minutes": rest}
    if not hours:
        return _("%(minutes)s min") % values
    if not rest:
        return _("%(hours)s h") % values
    return _("%(hours)s h %(minutes)s min") % values


def minutes(value: int | Decimal | None) -> str:
    """Minutes as "1 h 20 min", "" for None."""
    return "" if value is None else duration(value * 60)


def number(value: int | float | Decimal | None, digits: int | None = None) -> str:
    """A number with the separators of the reader's language, "" for None.

    `digits` after the point; without it as many as the value has, less trailing zeros.
    """
    if value is None:
        return ""
    if digits is None and type(value) is int and 0 <= value < 1000:
        return str(value)  # nothing to separate, and the most there is on a page
    if digits is None and isinstance(value, Decimal):
        value = value.normalize()
        value = value.quantize(Decimal(1)) if value.as_tuple().exponent > 0 else value
    return formats.number_format(value, digits, use_l10n=True, force_grouping=True)


def percent(value: int | float | Decimal | None, digits: int = 0) -> str:
    """0–100 as "95 %", "" for None. Rounded down, so that 99.9 does not read as done."""
    if value is None:
        return ""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    shown = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_DOWN)
    return _("%(number)s %%") % {"number": number(shown, digits)}


FILTERS = {
    "date": date,
    "datetime": datetime,
    "datetime_zone": datetime_zone,
    "time": time,
    "duration": duration,
    "money": money,
    "minutes": minutes,
    "number": number,
    "percent": percent,
}
