"""Asking for a place on a course whose teachers decide who joins, and their answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from enrollments.decisions import decide_request
from enrollments.models import Enrollment
from enrollments.services.approvals import begin_pending
from enrollments.services.places import (
    CourseFull,
    EnrollmentRefused,
    bring_back,
    change_state,
    lock,
)
from enrollments.services.waitlist import join_waitlist
from enrollments.signals import place_requested, request_approved
from enrollments.standing import Standing

Status = Enrollment.Status


class AlreadyDecided(Exception):
    """Somebody else answered the request, or the student took it back; the text says who did what."""


@transaction.atomic
def request_place(standing: Standing, *, by, now: datetime, message: str = "") -> Enrollment:
    """Ask for a place, for the first time or again. Repeating it is harmless.

    Raises EnrollmentRefused with the reasons; announces `place_requested`.
    """
    if standing.state == Status.PENDING:
        return Enrollment.objects.get(pk=standing.enrollment_id)
    decision = decide_request(standing, now=now)
    if not decision:
        raise EnrollmentRefused(decision)
    asked = {"approval_requested_at": now, "request_message": message}
    if standing.enrollment_id is not None:
        asked |= {"approved_by_id": None, "approved_at": None, "rejection_reason": ""}
        enrollment = change_state(standing.enrollment_id, Status.PENDING, by=by, now=now, **asked)
    else:
        enrollment = begin_pending(standing, by=by, now=now, **asked)
    place_requested.send(sender=Enrollment, enrollment=enrollment, at=now)
    return enrollment


@transaction.atomic
def approve(enrollment_id: UUID, *, by, now: datetime) -> Enrollment:
    """Give the place that was asked for. Where no seat is free, the student is approved and joins the waitlist.

    Locks the enrollment, so that of two answers at once one counts. Raises AlreadyDecided, and CourseFull where
    there is no waitlist either; announces `request_approved`. Repeating it is harmless.
    """
    enrollment = lock(enrollment_id)
    if enrollment.approved_by_id == by.pk and enrollment.status in (Status.PENDING, Status.ACTIVE):
        return enrollment
    _require_waiting(enrollment)
    try:
        return bring_back(enrollment_id, by=by, now=now, approved_by_id=by.pk, approved_at=now)
    except CourseFull:
        if not enrollment.course.waitlist_enabled:
            raise
    enrollment.approved_by, enrollment.approved_at = by, now
    enrollment.save(update_fields=["approved_by", "approved_at"])
    join_waitlist(enrollment.course_id, enrollment.student, by=by, now=now)
    request_approved.send(sender=Enrollment, enrollment=enrollment, by=by, at=now)
    return enrollment


@transaction.atomic
def reject(enrollment_id: UUID, *, by, now: datetime, reason: str) -> Enrollment:
    """Deny the place that was asked for, with the reason that the student reads; they may ask again.

    Locks the enrollment. Raises AlreadyDecided; announces `request_rejected`. Repeating it is harmless.
    """
    enrollment = lock(enrollment_id)
    if enrollment.status == Status.REJECTED and enrollment.rejection_reason == reason:
        return enrollment
    _require_waiting(enrollment)
    return change_state(
        enrollment_id, Status.REJECTED, by=by, now=now, reason=reason, rejection_reason=reason
    )


def _require_waiting(enrollment):
    if not enrollment.is_waiting_for_answer:
        raise AlreadyDecided(what_was_decided(enrollment))


def what_was_decided(enrollment: Enrollment) -> str:
    """For staff: who answered a request that waits no more, and how. Two queries at most."""
    if enrollment.status == Status.PENDING:
        return _("%(name)s has approved this request already.") % {
            "name": _name_of(enrollment.approved_by)
        }
    last = enrollment.changes.select_related("by").order_by("-at", "-id").first()
    if last is None:
        return _("This request has been answered already.")
    values = {"name": _name_of(last.by), "state": last.get_to_status_display()}
    texts = {
        Status.ACTIVE: _("%(name)s has approved this request already."),
        Status.REJECTED: _("%(name)s has rejected this request already."),
        Status.WITHDRAWN: _("This request was withdrawn by %(name)s."),
    }
    other = _("This request has been answered: %(state)s, by %(name)s.")
    return texts.get(last.to_status, other) % values


def _name_of(person):
    return person.display_name if person else _("the system")
