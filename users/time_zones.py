"""The time zones to choose from, and those in which people read."""

import functools
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

#: Names that are there for machines of the past.
LEGACY = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@functools.cache
def names() -> tuple[str, ...]:
    """`Area/City` names in the order of the alphabet."""
    known = (name for name in available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in known if not name.startswith(LEGACY)))


def choices():
    return [
        ("", _("That of the site (UTC)")),
        *((name, name.replace("_", " ")) for name in names()),
    ]


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone with this name; None for the site's, also when the name is no longer known."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def time_zone_of(user) -> ZoneInfo | None:
    """The person's time zone; None for the site's."""
    return zone_named(user.time_zone)


@contextmanager
def as_read_by(user, *, language: str = settings.LANGUAGE_CODE):
    """The person's language, else the given one, and their time zone: for what they read outside of a request."""
    zone = time_zone_of(user) or ZoneInfo(settings.TIME_ZONE)
    with translation.override(user.language or language), timezone.override(zone):
        yield
