"""Joining and leaving the queue of a full course, and what staff may change in it."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from enrollments import waitlist_notices
from enrollments.decisions import can_wait, course_full, has_way_in
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.services.approvals import keep_way_in
from enrollments.services.offers import decline_offer, make_offer, offer_free_seats
from enrollments.services.places import CourseFull, EnrollmentRefused, enroll_standing
from enrollments.services.queue import UnlawfulStep, Wait, keep, lock_entry, lock_seats, step
from enrollments.standing import Standing, standing_of
from lib.decisions import Reason, refuse
from lib.ids import uuid7
from lib.rows import fetch_row
from tenancy.context import acting_for_everyone, require_organization_id

JOIN = """
SELECT entry, place, outcome, free_seats FROM enrollments_join_queue(
    %(organization)s::uuid, %(entry)s::uuid, %(course)s::uuid, %(student)s::uuid, %(change)s::uuid,
    %(by)s::uuid, %(reason)s::text, %(priority)s::smallint
)
"""
FIRST_PRIORITY, LAST_PRIORITY = -32_768, 32_767  # what the column holds


class Waiting(NamedTuple):
    """A place in a queue: the entry, and how many stood there when it joined, itself among them."""

    entry_id: UUID
    place: int


def enroll_or_wait(standing: Standing, *, by, now: datetime) -> Enrollment | Waiting:
    """Give somebody a seat on an open course or, where all are taken, a place on its waitlist.

    Repeating it is harmless. Raises EnrollmentRefused with the reasons.
    """
    try:
        return enroll_standing(standing, by=by, now=now)
    except EnrollmentRefused as refused:
        if not can_wait(standing, refused.decision):
            raise
        if has_way_in(standing, now):
            keep_way_in(standing, by=by, now=now)
    return join_waitlist(standing.course_id, standing.user, by=by, now=now)


def join_waitlist(
    course_id: UUID, student, *, by, now: datetime, reason: str = "", priority: int = 1
) -> Waiting:
    """Put somebody at the end of the queue before a course; whether they may wait is for the caller to ask.

    The order of those who join is the order of their commits, and a repeat keeps the first place. A seat that is free
    meanwhile is offered at once. Raises EnrollmentRefused for somebody who is on the course.
    """
    parameters = {
        "organization": require_organization_id(),
        "entry": uuid7(),
        "course": course_id,
        "student": student.pk,
        "change": uuid7(),
        "by": by.pk if by else None,
        "reason": reason,
        "priority": priority,
    }
    row = fetch_row(JOIN, parameters)
    if row.outcome == "on_course":
        reason = Reason("already_active", _("This person is on the course already."))
        raise EnrollmentRefused(refuse(reason))
    if row.free_seats is None or row.free_seats > 0:
        offer_free_seats(course_id, now=now)
    return Waiting(row.entry, row.place)


@transaction.atomic
def leave_waitlist(entry_id: UUID, *, by, now: datetime, reason: str = "") -> WaitlistEntry:
    """Give up waiting; an offered seat goes to whoever is next. A repeat changes nothing. Raises UnlawfulStep."""
    with acting_for_everyone():
        entry = _lock(entry_id)
        if entry.state in (Wait.LEFT, Wait.DECLINED):
            return entry
        if entry.state == Wait.OFFERED:
            return decline_offer(entry_id, by=by, now=now, reason=reason)
        return step(entry, Wait.LEFT, by=by, at=now, reason=reason)


@transaction.atomic
def set_priority(entry_id: UUID, priority: int, *, by, now: datetime, reason: str) -> WaitlistEntry:
    """Move somebody in the queue, by staff; lower numbers come first. Raises UnlawfulStep for who does not wait."""
    entry = _lock(entry_id)
    return _prioritize(entry, priority, by=by, now=now, reason=reason)


@transaction.atomic
def move_to_front(entry_id: UUID, *, by, now: datetime, reason: str) -> WaitlistEntry:
    """Let somebody be next. Raises UnlawfulStep for who does not wait."""
    entry = _lock(entry_id)
    if WaitlistEntry.objects.waiting().filter(course=entry.course_id).first() == entry:
        return entry
    lowest = _others(entry).aggregate(value=Min("priority", default=entry.priority))["value"]
    return _prioritize(entry, lowest - 1, by=by, now=now, reason=reason)


@transaction.atomic
def move_to_end(entry_id: UUID, *, by, now: datetime, reason: str) -> WaitlistEntry:
    """Let everybody who waits now go before somebody. Raises UnlawfulStep for who does not wait."""
    entry = _lock(entry_id)
    if WaitlistEntry.objects.waiting().filter(course=entry.course_id).last() == entry:
        return entry
    highest = _others(entry).aggregate(value=Max("priority", default=entry.priority))["value"]
    return _prioritize(entry, highest + 1, by=by, now=now, reason=reason)


def _others(entry):
    return WaitlistEntry.objects.waiting().filter(course=entry.course_id).exclude(pk=entry.pk)


def _prioritize(entry, priority, *, by, now, reason):
    if entry.state != Wait.WAITING:
        raise UnlawfulStep(entry)
    if entry.priority == priority:
        return entry
    before, entry.priority = entry.priority, max(FIRST_PRIORITY, min(priority, LAST_PRIORITY))
    entry.save(update_fields=["priority"])
    keep(entry, entry.state, by=by, at=now, reason=reason, from_priority=before)
    return entry


@transaction.atomic
def skip(entry_id: UUID, *, by, now: datetime, reason: str) -> WaitlistEntry:
    """Set somebody aside, by staff: no seat is offered to them, and one that was goes to whoever is next.

    `put_back` undoes it. A repeat changes nothing. Raises UnlawfulStep.
    """
    entry = _lock(entry_id)
    if entry.state == Wait.SKIPPED:
        return entry
    held_seat = entry.state == Wait.OFFERED
    step(entry, Wait.SKIPPED, by=by, at=now, reason=reason)
    waitlist_notices.tell_of_skip(entry, now=now, reason=reason)
    if held_seat:
        offer_free_seats(entry.course_id, now=now)
    return entry


@transaction.atomic
def put_back(entry_id: UUID, *, by, now: datetime, reason: str = "") -> WaitlistEntry:
    """Let somebody who was skipped wait again where they stood. A repeat changes nothing. Raises UnlawfulStep."""
    entry = _lock(entry_id)
    if entry.state == Wait.WAITING:
        return entry
    if entry.state != Wait.SKIPPED:
        raise UnlawfulStep(entry)
    step(entry, Wait.WAITING, by=by, at=now, reason=reason)
    offer_free_seats(entry.course_id, now=now)
    return entry


@transaction.atomic
def offer_now(entry_id: UUID, *, by, now: datetime, reason: str) -> WaitlistEntry:
    """Offer a free seat to somebody whoever is next, by staff; also where the waitlist stands still.

    Raises UnlawfulStep for who does not wait, and CourseFull where no seat is free.
    """
    entry = WaitlistEntry.objects.get(pk=entry_id)
    seats = lock_seats(entry.course_id)
    entry = lock_entry(entry_id)
    if entry.state != Wait.WAITING:
        raise UnlawfulStep(entry)
    if seats.capacity is not None and seats.taken >= seats.capacity:
        raise CourseFull(refuse(course_full(standing_of(entry.student, entry.course_id))))
    return make_offer(entry, entry.course, by=by, now=now, reason=reason)


def _lock(entry_id):
    entry = WaitlistEntry.objects.get(pk=entry_id)
    lock_seats(entry.course_id)
    return lock_entry(entry_id)
