"""The life of a subscription: which state may follow which. The database's trigger holds the same table."""

from billing.models import Subscription

Status = Subscription.Status

TRANSITIONS = {
    Status.TRIAL: frozenset({Status.ACTIVE, Status.CANCELLED, Status.ENDED}),
    Status.ACTIVE: frozenset({Status.PAST_DUE, Status.CANCELLED, Status.ENDED}),
    Status.PAST_DUE: frozenset({Status.ACTIVE, Status.CANCELLED, Status.ENDED}),
    Status.CANCELLED: frozenset({Status.ACTIVE, Status.ENDED}),
    Status.ENDED: frozenset(),
}


def may_become(status: str, wanted: str) -> bool:
    """Whether the table of transitions has this step."""
    return wanted in TRANSITIONS[Status(status)]
