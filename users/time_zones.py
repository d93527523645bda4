"""The time zones to choose from."""

import functools
from zoneinfo import available_timezones

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
