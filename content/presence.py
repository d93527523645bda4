"""Who works on a course right now: noted in the cache when a page of the studio opens, and while it stays open.

Nothing depends on it: without the cache nobody is told of each other, and saving still finds out that somebody
else saved. Two people who come within the same moment may miss each other until the next beat.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache

from content.cache import PRESENCE_SECONDS, presence_key
from users.models import User

#: After this long without a beat somebody is gone. Pages beat twice as often.
GONE_AFTER = timedelta(seconds=45)
MAX_PLACE = 200  # characters
MAX_PEOPLE = 30  # whom a course remembers; the latest


class Present(NamedTuple):
    """Somebody at work; `is_here` where it is on the very same page."""

    name: str
    is_here: bool


def beat(course_id: UUID, *, user: User, place: str, now: datetime) -> list[Present]:
    """Note that somebody is at a place of a course, such as a page's path; who else is there, the same place first."""
    key = presence_key(course_id)
    known = {
        user_id: noted
        for user_id, noted in (cache.get(key) or {}).items()
        if now - noted[2] < GONE_AFTER
    }
    known.pop(str(user.pk), None)
    others = _told(known.values(), place)
    latest = sorted(known.items(), key=lambda pair: pair[1][2])[-MAX_PEOPLE + 1 :]
    mine = (user.display_name, place[:MAX_PLACE], now)
    cache.set(key, dict(latest) | {str(user.pk): mine}, PRESENCE_SECONDS)
    return others


def _told(noted: Iterable[tuple[str, str, datetime]], place) -> list[Present]:
    found = [Present(name, at == place[:MAX_PLACE]) for name, at, _when in noted]
    return sorted(found, key=lambda present: (not present.is_here, present.name))
