"""Places on a course: taken, left and given back, and every step from one state to another."""

from datetime import datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.models import Course
from enrollments.decisions import (
    REJOINING,
    by_invitation_only,
    course_full,
    decide,
    has_way_in,
)
from enrollments.ending import access_is_over, end_of_access
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.services.invitations import use_up
from enrollments.services.queue import end_wait, entry_of, lock_seats
from enrollments.signals import (
    access_ended,
    completion_changed,
    enrollment_activated,
    enrollment_withdrawn,
    request_approved,
    request_rejected,
    seat_freed,
    student_placed,
    student_removed,
    student_suspended,
)
from enrollments.standing import Standing, standing_of
from enrollments.states import SEAT_HOLDING, may_become
from lib.decisions import Decision, refuse
from lib.ids import uuid7
from lib.rows import fetch_row
from tenancy.context import require_organization_id

Status = Enrollment.Status

OVERSOLD = "courses_courseseats_never_oversold"

# One statement that inserts the enrollment and its first change; the database's trigger takes the seat, or hands
# over the one that an offer holds. A seat that is free while somebody waits is theirs.
CLAIM = """
SELECT CASE WHEN %(is_queueing)s::boolean AND enrollments_somebody_waits(%(course)s::uuid) THEN 'full'
ELSE enrollments_claim_seat(
    %(organization)s::uuid, %(id)s::uuid, %(course)s::uuid, %(student)s::uuid, %(change)s::uuid,
    %(by)s::uuid, %(reason)s::text, %(now)s::timestamptz, %(ends_at)s::timestamptz, %(approver)s::uuid
) END AS outcome
"""


class EnrollmentRefused(Exception):
    """This person may not enroll now; `decision` says why."""

    def __init__(self, decision: Decision):
        super().__init__(decision.message)
        self.decision = decision


class CourseFull(EnrollmentRefused):
    """The last seat went to somebody else."""


class UnlawfulChange(Exception):
    """An enrollment in this state cannot become what was asked for."""

    def __init__(self, from_status: str, to_status: str):
        self.from_status, self.to_status = Status(from_status), Status(to_status)
        values = {"before": self.from_status.label, "after": self.to_status.label}
        super().__init__(
            _("An enrollment that is “%(before)s” cannot become “%(after)s”.") % values
        )


def enroll(course_id: UUID, student, *, by, now: datetime) -> Enrollment:
    """Give `student` a seat on an open course, or give back the place they left.

    Safe under any number of parallel requests: the insert itself claims the seat. Repeating it is
    harmless. Raises EnrollmentRefused with the reasons, CourseFull when the last seat has just gone;
    announces `enrollment_activated`.
    """
    standing = standing_of(student, course_id)
    return enroll_standing(standing, by=by, now=now)


def enroll_standing(standing: Standing, *, by, now: datetime) -> Enrollment:
    """Like `enroll`, for a caller that has read the standing already."""
    if standing.holds_seat:
        return Enrollment.objects.get(pk=standing.enrollment_id)
    decision = decide(standing, now=now)
    if not decision:
        raise EnrollmentRefused(decision)
    is_queueing = standing.capacity is not None
    if has_way_in(standing, now):
        return _come_by_way(standing, by=by, now=now, is_queueing=is_queueing)
    return _take_place(standing, by=by, now=now, is_queueing=is_queueing)


@transaction.atomic
def _come_by_way(standing, *, by, now, is_queueing):
    """Take a place by what lets somebody in; who answers for that has approved it, and an invitation is used up."""
    try:
        use_way(standing, now=now)
    except EnrollmentRefused:
        place = Enrollment.objects.filter(course=standing.course_id, student=standing.user)
        if place := place.holding_seats().first():  # a second click was faster
            return place
        raise
    return _take_place(
        standing,
        by=by,
        now=now,
        reason=standing.way.reason,
        is_queueing=is_queueing,
        approved_by_id=standing.way.by_id,
        approved_at=now,
    )


def use_way(standing: Standing, *, now: datetime) -> None:
    """Use up the invitation that lets somebody in, if it is one. Raises EnrollmentRefused where it is gone by now."""
    invitation_id = standing.way.invitation_id
    if invitation_id and not use_up(invitation_id, standing.user, now=now):
        raise EnrollmentRefused(refuse(by_invitation_only()))


def place(course_id: UUID, student, *, by, now: datetime, reason: str = "") -> Enrollment:
    """Put somebody on a course by hand, whoever may join by themselves; the seats still count.

    For staff and imports. Repeating it is harmless. Raises CourseFull; announces `enrollment_activated`.
    """
    standing = standing_of(student, course_id)
    if standing.holds_seat:
        return Enrollment.objects.get(pk=standing.enrollment_id)
    return _take_place(standing, by=by, now=now, reason=reason)


def take_held_seat(standing: Standing, *, by, now: datetime) -> Enrollment:
    """Turn the seat that an offer of the waitlist holds into a place, whatever the capacity is by now."""
    if standing.enrollment_id is None:
        return _claim_seat(standing, by=by, now=now)
    return change_state(standing.enrollment_id, Status.ACTIVE, by=by, now=now)


def _take_place(standing, *, by, now, reason="", is_queueing=False, **approval):
    if standing.enrollment_id is not None:
        return bring_back(standing.enrollment_id, by=by, now=now, reason=reason, **approval)
    _require_access(standing, now)
    return _claim_seat(standing, by=by, now=now, reason=reason, is_queueing=is_queueing, **approval)


def _require_access(rule, now):
    """Nobody begins to learn in a course whose access has ended for all."""
    reason = access_is_over(rule, now=now)
    if reason is not None:
        raise EnrollmentRefused(refuse(reason))


def _claim_seat(standing, *, by, now, reason="", is_queueing=False, **approval):
    if standing.enrollment_type == Course.EnrollmentType.APPROVAL:
        approval = approval or _approval_by(by, standing.user.pk, now)
    enrollment = Enrollment(
        id=uuid7(),
        organization_id=require_organization_id(),
        course_id=standing.course_id,
        student=standing.user,
        status=Status.ACTIVE,
        enrolled_at=now,
        expires_at=end_of_access(standing, since=now),
        **approval,
    )
    parameters = {
        "organization": enrollment.organization_id,
        "id": enrollment.pk,
        "course": standing.course_id,
        "student": standing.user.pk,
        "change": uuid7(),
        "by": by.pk if by else None,
        "reason": reason,
        "now": now,
        "is_queueing": is_queueing,
        "ends_at": enrollment.expires_at,
        "approver": enrollment.approved_by_id,
    }
    waited = None
    if standing.waitlist_id:
        lock_seats(
            standing.course_id
        )  # before the place in the course, as whoever accepts an offer
        waited = entry_of(standing.course_id, standing.user.pk)
    outcome = fetch_row(CLAIM, parameters).outcome
    if outcome == "full":
        raise CourseFull(refuse(course_full(standing)))
    if outcome == "there":  # a second click was faster
        return Enrollment.objects.get(course_id=standing.course_id, student=standing.user)
    enrollment._state.adding, enrollment._state.db = False, DEFAULT_DB_ALIAS
    end_wait(waited, by=by, at=now, reason=reason)
    enrollment_activated.send(sender=Enrollment, enrollment=enrollment, by=by)
    _announce_step_of_staff(enrollment, "", by=by, at=now, reason=reason)
    return enrollment


def _approval_by(by, student_id, now):
    """Whoever puts somebody else on a course by approval answers for it."""
    if by is None or by.pk == student_id:
        return {}
    return {"approved_by_id": by.pk, "approved_at": now}


@transaction.atomic
def change_state(
    enrollment_id: UUID, wanted: str, *, by, now: datetime, reason: str = "", **fields
) -> Enrollment:
    """Move an enrollment to another state and keep the step in its history: the one place that does.

    Locks the enrollment. A repeat changes nothing. `fields` are written along; without `expires_at` among them, who
    begins to learn gets the end of access that the course has now. Raises UnlawfulChange, EnrollmentRefused where access
    has ended for all, and IntegrityError where a seat is needed and none is left; announces `enrollment_activated` or
    `enrollment_withdrawn`, `access_ended`, `completion_changed`, `seat_freed`, and what staff did to a student.
    """
    enrollment = lock(enrollment_id)
    before = enrollment.status
    if before == wanted:
        return enrollment
    if not may_become(before, wanted):
        raise UnlawfulChange(before, wanted)
    enrollment.status = wanted
    if wanted == Status.ACTIVE and before in (*REJOINING, Status.PENDING):
        enrollment.enrolled_at = now
    if (
        wanted == Status.ACTIVE
        and "expires_at" not in fields
        and _begins_anew(enrollment, before, now)
    ):
        _require_access(enrollment.course, now)
        fields["expires_at"] = end_of_access(enrollment.course, since=now)
    is_newcomer = wanted == Status.ACTIVE and before not in SEAT_HOLDING
    if is_newcomer and enrollment.course.enrollment_type == Course.EnrollmentType.APPROVAL:
        fields = _approval_by(by, enrollment.student_id, now) | fields
    enrollment.completed_at = now if wanted == Status.COMPLETED else None
    for name, value in fields.items():
        setattr(enrollment, name, value)
    waited = _wait_that_ends(enrollment, before)
    changed = {"status", "enrolled_at", "completed_at", *fields}
    enrollment.save(update_fields=changed)
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        student_id=enrollment.student_id,
        from_status=before,
        to_status=wanted,
        by=by,
        at=now,
        reason=reason,
    )
    end_wait(waited, by=by, at=now, reason=reason)
    _announce_step(enrollment, before, by=by, at=now)
    _announce_step_of_staff(enrollment, before, by=by, at=now, reason=reason)
    return enrollment


def _begins_anew(enrollment, before, now):
    """Whether the time of access counts from now: also where a completion is taken back after its end."""
    is_back_too_late = before == Status.COMPLETED and enrollment.has_ended(now)
    return before in (*REJOINING, Status.PENDING) or is_back_too_late


def _wait_that_ends(enrollment, before):
    """The place on the waitlist of somebody who takes a seat now."""
    if before in SEAT_HOLDING or enrollment.status not in SEAT_HOLDING:
        return None
    return entry_of(enrollment.course_id, enrollment.student_id)


def _announce_step(enrollment, before, *, by, at):
    status = enrollment.status
    if status == Status.ACTIVE and before != Status.COMPLETED:
        enrollment_activated.send(sender=Enrollment, enrollment=enrollment, by=by)
    elif status == Status.WITHDRAWN:
        enrollment_withdrawn.send(sender=Enrollment, enrollment=enrollment, by=by, at=at)
    elif status == Status.EXPIRED:
        access_ended.send(sender=Enrollment, enrollment=enrollment, at=at)
    if Status.COMPLETED in (before, status):
        is_complete = status == Status.COMPLETED
        completion_changed.send(
            sender=Enrollment, enrollment=enrollment, is_complete=is_complete, at=at
        )
    if before in SEAT_HOLDING and status not in SEAT_HOLDING:
        seat_freed.send(sender=Enrollment, course_id=enrollment.course_id, at=at)


def _announce_step_of_staff(enrollment, before, *, by, at, reason):
    if by is None or by.pk == enrollment.student_id:
        return
    facts = {"enrollment": enrollment, "by": by, "at": at, "reason": reason}
    if before == Status.PENDING and enrollment.status == Status.ACTIVE:
        request_approved.send(sender=Enrollment, **facts)
    elif before == Status.PENDING and enrollment.status == Status.REJECTED:
        request_rejected.send(sender=Enrollment, **facts)
    elif enrollment.status == Status.ACTIVE and before != Status.COMPLETED:
        student_placed.send(sender=Enrollment, **facts)
    elif enrollment.status == Status.WITHDRAWN:
        student_removed.send(sender=Enrollment, **facts)
    elif enrollment.status == Status.SUSPENDED:
        student_suspended.send(sender=Enrollment, **facts)


def lock(enrollment_id: UUID) -> Enrollment:
    """The enrollment, locked until the transaction ends. It is locked before anything that hangs below it."""
    return Enrollment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrollment_id)


def withdraw(enrollment_id: UUID, *, by, now: datetime, reason: str = "") -> Enrollment:
    """Leave a course, or be taken off it: the seat is free, what was done is kept. Raises UnlawfulChange."""
    return change_state(enrollment_id, Status.WITHDRAWN, by=by, now=now, reason=reason)


def bring_back(enrollment_id: UUID, *, by, now: datetime, reason: str = "", **fields) -> Enrollment:
    """Give somebody the place back that they left, lost or were denied; `fields` as in `change_state`.

    Raises UnlawfulChange, EnrollmentRefused where access has ended for all, CourseFull where no seat is left.
    """
    try:
        with transaction.atomic():
            return change_state(
                enrollment_id, Status.ACTIVE, by=by, now=now, reason=reason, **fields
            )
    except IntegrityError as error:
        if OVERSOLD not in str(error):
            raise
        enrollment = Enrollment.objects.select_related("student").get(pk=enrollment_id)
        standing = standing_of(enrollment.student, enrollment.course_id)
        raise CourseFull(refuse(course_full(standing))) from error


def pause(enrollment_id: UUID, *, by, now: datetime) -> Enrollment:
    """A student's break; the seat stays theirs. Raises UnlawfulChange."""
    return change_state(enrollment_id, Status.PAUSED, by=by, now=now)


def resume(enrollment_id: UUID, *, by, now: datetime) -> Enrollment:
    """The end of a break. Raises UnlawfulChange, also for a place that staff suspended."""
    return _activate_from(Status.PAUSED, enrollment_id, by=by, now=now)


def suspend(enrollment_id: UUID, *, by, now: datetime, reason: str = "") -> Enrollment:
    """Close the lessons to a student for a while, by staff; the seat stays theirs. Raises UnlawfulChange."""
    return change_state(enrollment_id, Status.SUSPENDED, by=by, now=now, reason=reason)


def lift(enrollment_id: UUID, *, by, now: datetime, reason: str = "") -> Enrollment:
    """The end of a suspension. Raises UnlawfulChange."""
    return _activate_from(Status.SUSPENDED, enrollment_id, by=by, now=now, reason=reason)


def complete(enrollment_id: UUID, *, by, now: datetime, reason: str = "") -> Enrollment:
    """The student has done all that the course asks for. Raises UnlawfulChange."""
    return change_state(enrollment_id, Status.COMPLETED, by=by, now=now, reason=reason)


def reopen(enrollment_id: UUID, *, by, now: datetime, reason: str = "") -> Enrollment:
    """Take a completion back, by staff. Raises UnlawfulChange."""
    return _activate_from(Status.COMPLETED, enrollment_id, by=by, now=now, reason=reason)


@transaction.atomic
def _activate_from(status, enrollment_id, *, by, now, reason=""):
    enrollment = lock(enrollment_id)
    if enrollment.status not in (status, Status.ACTIVE):
        raise UnlawfulChange(enrollment.status, Status.ACTIVE)
    return change_state(enrollment_id, Status.ACTIVE, by=by, now=now, reason=reason)
