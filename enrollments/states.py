"""Lives of an enrollment and of a place on a waitlist: which state may follow which.

The triggers of the database hold the same tables.
"""

from enrollments.models import Enrollment, WaitlistEntry

Status = Enrollment.Status

#: States that hold a seat, and states in which the lessons are open and work counts.
SEAT_HOLDING = frozenset(Enrollment.SEAT_HOLDING)
LEARNING = frozenset(Enrollment.LEARNING)

_ASKING_AGAIN = frozenset({Status.PENDING, Status.ACTIVE})

TRANSITIONS = {
    Status.PENDING: frozenset({Status.ACTIVE, Status.REJECTED, Status.WITHDRAWN}),
    Status.ACTIVE: frozenset(
        {Status.COMPLETED, Status.PAUSED, Status.SUSPENDED, Status.WITHDRAWN, Status.EXPIRED}
    ),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.WITHDRAWN}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.WITHDRAWN}),
    Status.REJECTED: _ASKING_AGAIN,
    Status.WITHDRAWN: _ASKING_AGAIN,
    Status.EXPIRED: _ASKING_AGAIN,
    Status.COMPLETED: frozenset({Status.ACTIVE}),
}


def may_become(status: str, wanted: str) -> bool:
    """Whether the table of transitions has this step."""
    return wanted in TRANSITIONS[Status(status)]


Wait = WaitlistEntry.State

WAITLIST_TRANSITIONS = {
    Wait.WAITING: frozenset({Wait.OFFERED, Wait.PLACED, Wait.LEFT, Wait.SKIPPED}),
    Wait.OFFERED: frozenset({Wait.PLACED, Wait.DECLINED, Wait.LAPSED, Wait.SKIPPED}),
    Wait.SKIPPED: frozenset({Wait.WAITING, Wait.PLACED, Wait.LEFT}),
    Wait.PLACED: frozenset({Wait.WAITING}),
    Wait.DECLINED: frozenset({Wait.WAITING}),
    Wait.LAPSED: frozenset({Wait.WAITING}),
    Wait.LEFT: frozenset({Wait.WAITING}),
}


def may_step(state: str, wanted: str) -> bool:
    """Whether the table of the waitlist has this step."""
    return wanted in WAITLIST_TRANSITIONS[Wait(state)]
