"""What a listener failed on is kept, and told again until it is heard."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from lib.events import FactGone, Failure, record_failures_with, replay
from tenancy.models import MissedEvent


@dataclass
class Replay:
    """How a round of telling again went."""

    heard: int = 0
    gone: int = 0
    failed: int = 0


def install() -> None:
    record_failures_with(record)


def record(failure: Failure) -> None:
    """Keep a failure in the transaction of its fact: both are stored, or neither."""
    MissedEvent.objects.create(
        listener=failure.listener,
        sender=failure.sender,
        facts=failure.facts,
        error=failure.error,
    )


def replay_events() -> Replay:
    """Tell the current organization's missed events again, oldest first.

    One that is heard, or whose rows are no more, is forgotten; one that fails again is kept with its
    count. Two runs at once share the work.
    """
    outcome = Replay()
    for key in list(MissedEvent.objects.values_list("pk", flat=True)):
        with transaction.atomic():
            missed = MissedEvent.objects.select_for_update(skip_locked=True).filter(pk=key).first()
            if missed is not None:
                _tell(missed, outcome)
    return outcome


def _tell(missed, outcome):
    try:
        replay(Failure(missed.listener, missed.sender, missed.facts, missed.error))
    except FactGone:
        outcome.gone += 1
    except Exception as error:  # noqa: BLE001 -- whatever a listener does, the others are told as well
        missed.failure_count = F("failure_count") + 1
        missed.error = f"{type(error).__name__}: {error}"
        missed.save(update_fields=["failure_count", "error"])
        outcome.failed += 1
        return
    else:
        outcome.heard += 1
    missed.delete()
