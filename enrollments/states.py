"""The life of an enrollment: which state may follow which. The database's trigger holds the same table."""

from enrollments.models import Enrollment

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
