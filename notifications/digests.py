"""When a digest is due: in the morning, by the person's own clock."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from notifications.models import Cadence

MORNING = time(7)
MONDAY = 0


def last_morning(now: datetime, zone: ZoneInfo, cadence: str) -> datetime:
    """The latest moment at or before `now` at which digests of this cadence went out in this time zone.

    What happened before it and was not mailed is due.
    """
    local = now.astimezone(zone)
    morning = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    if local < morning:
        morning -= timedelta(days=1)
    if cadence == Cadence.WEEKLY:
        morning -= timedelta(days=(morning.weekday() - MONDAY) % 7)
    return morning
