"""What a browser says of itself, in words for people: "Firefox · Linux"."""

import re

from django.utils.translation import gettext as _

# The first that fits: most browsers also claim to be those below them.
BROWSERS = [
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Vivaldi", r"Vivaldi/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
]
SYSTEMS = [
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("ChromeOS", r"CrOS"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh|Mac OS X"),
    ("Linux", r"Linux|X11"),
]


def device_name(user_agent: str) -> str:
    """Browser and system, as far as they can be told."""
    known = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return " · ".join(name for name in known if name) or _("Unknown device")


def _first(table, user_agent):
    return next((name for name, pattern in table if re.search(pattern, user_agent)), None)
