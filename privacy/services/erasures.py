"""Wishes to be forgotten: asked, decided, carried out and proven."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import translation

from lib.decisions import Decision, Reason, refuse
from privacy import erasing, mails, notices, proof, tasks
from privacy.models import ErasureRequest
from privacy.obstacles import may_be_erased
from privacy.periods import months_later
from privacy.retention import current_policy
from tenancy import security
from tenancy.context import require_organization_id
from users.models import User

Status = ErasureRequest.Status


class ErasureRefused(Exception):
    """The erasure cannot be asked for, decided or done; `decision` says why."""

    def __init__(self, decision: Decision):
        self.decision = decision
        super().__init__(decision.message)


@transaction.atomic
def request_erasure(person: User, *, reason: str = "", by: User, now: datetime) -> ErasureRequest:
    """Put the wish to be forgotten before those who decide, who are told; a repeat gives the one that is open.

    Raises ErasureRefused while something stands in the way.
    """
    _require(may_be_erased(person))
    try:
        with transaction.atomic():
            asked = ErasureRequest.objects.create(person=person, reason=reason)
    except IntegrityError as error:
        if "privacy_erasurerequest_one_open" not in str(error):
            raise
        return ErasureRequest.objects.open().get(person=person)
    notices.tell_deciders(asked, now=now)
    return asked


@transaction.atomic
def withdraw_erasure(request_id: UUID, *, by: User, now: datetime) -> ErasureRequest:
    """Take the wish back while nobody has approved it. Raises ErasureRefused later."""
    asked = _lock_pending(request_id)
    asked.status = Status.WITHDRAWN
    asked.save(update_fields=["status"])
    return asked


@transaction.atomic
def approve_erasure(request_id: UUID, *, by: User, now: datetime) -> ErasureRequest:
    """Let the worker erase the person.

    Locks the request. Raises ErasureRefused if it is no longer waiting, if it is one's own, or while something
    stands in the way.
    """
    asked = _lock_pending(request_id)
    _require_other(asked, by)
    _require(may_be_erased(asked.person))
    asked.status, asked.decided_by, asked.decided_at = Status.APPROVED, by, now
    asked.save(update_fields=["status", "decided_by", "decided_at"])
    tasks.carry_out_erasure.defer(
        organization_id=str(require_organization_id()), request_id=str(asked.pk)
    )
    return asked


@transaction.atomic
def reject_erasure(request_id: UUID, *, answer: str, by: User, now: datetime) -> ErasureRequest:
    """Refuse the wish with a reason, which the person is mailed. Locks the request; raises ErasureRefused."""
    asked = _lock_pending(request_id)
    _require_other(asked, by)
    asked.status, asked.answer = Status.REJECTED, answer
    asked.decided_by, asked.decided_at = by, now
    asked.save(update_fields=["status", "answer", "decided_by", "decided_at"])
    mails.tell_rejected(asked.person, answer=answer)
    return asked


@transaction.atomic
def carry_out_erasure(request_id: UUID, *, now: datetime) -> ErasureRequest | None:
    """Erase the person of an approved request and write the proof; None where there is nothing to do.

    What came to stand in the way since the approval puts the request back among those that wait. The person
    is told at the address that is about to be forgotten.
    """
    asked = (
        ErasureRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .filter(pk=request_id, status=Status.APPROVED)
        .first()
    )
    if asked is None:
        return None
    if not may_be_erased(asked.person):
        asked.status, asked.decided_by, asked.decided_at = Status.PENDING, None, None
        asked.save(update_fields=["status", "decided_by", "decided_at"])
        return asked
    farewell = mails.farewell_to(asked.person)
    with translation.override("en"):
        done = erasing.erase(asked.person_id)
    asked.refresh_from_db()
    asked.records_until = months_later(now.date(), 12 * current_policy().record_years)
    asked.proof = done.as_dict() | {
        "organization": str(asked.organization_id),
        "person": str(asked.person_id),
        "request": str(asked.pk),
        "asked_at": asked.created_at.isoformat(timespec="seconds"),
        "decided_at": asked.decided_at.isoformat(timespec="seconds"),
        "decided_by": str(asked.decided_by_id),
        "done_at": now.isoformat(timespec="seconds"),
        "records_until": asked.records_until.isoformat(),
        "remaining_count": sum(erasing.remains(asked.person_id).values()),
    }
    asked.proof_hash = proof.checksum_of(asked.proof)
    asked.status, asked.done_at = Status.DONE, now
    asked.save(update_fields=["status", "done_at", "records_until", "proof", "proof_hash"])
    security.record(security.Kind.ERASED, user_id=asked.person_id)
    transaction.on_commit(
        partial(mails.send_farewell, farewell, proof.signed_text_of(asked.proof, asked.proof_hash))
    )
    return asked


def _lock_pending(request_id):
    asked = (
        ErasureRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=request_id)
    )
    if asked.status != Status.PENDING:
        text = translation.gettext("It has been decided or taken back already.")
        raise ErasureRefused(refuse(Reason("not_pending", text)))
    return asked


def _require_other(asked, by):
    if asked.person_id == by.pk:
        text = translation.gettext("Somebody else has to decide on your own wish.")
        raise ErasureRefused(refuse(Reason("own_request", text)))


def _require(decision):
    if not decision:
        raise ErasureRefused(decision)
