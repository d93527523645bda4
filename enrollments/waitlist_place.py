"""Where somebody stands in a queue, how that moved, and what past offers let them expect."""

import math
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.rows import fetch_row

PLACE = """
SELECT q.ahead + 1 AS place, q.total, w.joined_position - q.ahead - 1 AS moved, q.offers, q.first_at
FROM enrollments_waitlistentry w, enrollments_queue_place(w.id, %(since)s::timestamptz) q
WHERE w.id = %(entry)s
"""
WEEK = timedelta(weeks=1)
LOOK_BACK = 8 * WEEK  #: how far back offers are counted
MIN_HISTORY = 2 * WEEK  #: a younger waitlist says nothing about its pace
MIN_OFFERS = 5  #: nor does one with fewer offers than these
FAR_AWAY = 52  #: weeks from which on no number is told


class Place(NamedTuple):
    """A place in a queue. `moved` is how many places nearer than when joining; `weeks` None where nobody can tell."""

    place: int
    total: int
    moved: int
    offers: int
    weeks: int | None

    @property
    def move(self) -> str:
        """How the place moved since joining, in words; "" where it did not."""
        if self.moved > 0:
            text = ngettext(
                "Up %(num)d place since joining.",
                "Up %(num)d places since joining.",
                self.moved,
            )
        elif self.moved < 0:
            text = ngettext(
                "Back %(num)d place: staff let others go first.",
                "Back %(num)d places: staff let others go first.",
                -self.moved,
            )
        else:
            return ""
        return text % {"num": abs(self.moved)}

    @property
    def estimate(self) -> str:
        """What the pace of past offers lets one expect, in words; "" where nobody can tell."""
        if self.weeks is None:
            return ""
        values = {"offers": self.offers, "num": self.weeks}
        if self.weeks > FAR_AWAY:
            return (
                _("At the pace of the last weeks (%(offers)d seats), it takes more than a year.")
                % values
            )
        text = ngettext(
            "At the pace of the last weeks (%(offers)d seats), it takes about %(num)d week.",
            "At the pace of the last weeks (%(offers)d seats), it takes about %(num)d weeks.",
            self.weeks,
        )
        return text % values


def place_of(entry_id: UUID, *, now: datetime) -> Place:
    """The place of somebody who waits. One query."""
    row = fetch_row(PLACE, {"entry": entry_id, "since": now - LOOK_BACK})
    watched = min(now - row.first_at, LOOK_BACK)
    return Place(
        row.place, row.total, row.moved, row.offers, weeks_left(row.place, row.offers, watched)
    )


def weeks_left(place: int, offers: int, watched: timedelta) -> int | None:
    """Weeks until a place is served, at the pace of so many offers in the time watched; None with too few to tell."""
    if offers < MIN_OFFERS or watched < MIN_HISTORY:
        return None
    return math.ceil(place * (watched / WEEK) / offers)
