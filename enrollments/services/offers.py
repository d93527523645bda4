"""Free seats go to those who wait: offered, held until the answer, passed on when none comes.

A seat that becomes free is offered in the transaction that freed it, so nobody who enrolls meanwhile ever sees it.
Where it could not be, the job of every minute offers it. Every step may be repeated.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from procrastinate.contrib.django import app

from courses.models import Course
from enrollments import waitlist_notices
from enrollments.decisions import decide
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.services.places import EnrollmentRefused, take_held_seat
from enrollments.services.queue import Wait, lock_entry, lock_seats, step
from enrollments.standing import standing_of
from lib.rows import fetch_row
from tenancy.context import acting_for_everyone, require_organization_id

PLACE_JOB = "enrollments.tasks.place_promised"

# A quick look that leads most courses away, for they have no queue; the answer counts once the seats are locked.
IS_WANTED = """
SELECT (capacity IS NULL OR taken < capacity) AND enrollments_somebody_waits(course_id) AS is_wanted
FROM courses_courseseats WHERE course_id = %(course)s
"""


class OfferGone(Exception):
    """The seat is no longer offered to this person; `entry` says what became of it."""

    def __init__(self, entry: WaitlistEntry):
        super().__init__(entry.get_state_display())
        self.entry = entry


def taking_people(now: datetime):
    """Courses whose waitlist moves: published, and neither closed to newcomers nor at their end."""
    return Course.objects.live().filter(
        Q(enrollment_closes_at__isnull=True) | Q(enrollment_closes_at__gt=now),
        Q(access_ends_at__isnull=True) | Q(access_ends_at__gt=now),
        status=Course.Status.PUBLISHED,
    )


@transaction.atomic
def offer_free_seats(course_id: UUID, *, now: datetime) -> list[WaitlistEntry]:
    """Offer every free seat of a course to those who are next. Returns the offers, none where the course takes nobody.

    Locks the seats. Accounts that are closed are passed over and stay where they are.
    """
    if not fetch_row(IS_WANTED, {"course": course_id}).is_wanted:
        return []
    with acting_for_everyone():
        seats = lock_seats(course_id)
        course = taking_people(now).filter(pk=course_id).first()
        if course is None:
            return []
        waiting = WaitlistEntry.objects.waiting().filter(course=course_id, student__is_active=True)
        waiting = waiting.select_for_update(of=("self",), no_key=True).select_related("student")
        free = None if seats.capacity is None else max(0, seats.capacity - seats.taken)
        return [make_offer(entry, course, by=None, now=now) for entry in waiting[:free]]


def make_offer(
    entry: WaitlistEntry, course: Course, *, by, now: datetime, reason: str = ""
) -> WaitlistEntry:
    """Hold a seat for somebody and tell them; for a caller who holds the seats of the course and saw one free.

    Without hours to answer, the seat is a promise that a job keeps.
    """
    ends_at = _end_of_offer(course, now)
    times = {"offered_at": now, "offer_expires_at": ends_at, "notified_at": now}
    step(entry, Wait.OFFERED, by=by, at=now, reason=reason, **times)
    if ends_at is None:
        app.configure_task(PLACE_JOB).defer(
            organization_id=str(require_organization_id()), entry_id=str(entry.pk)
        )
    else:
        waitlist_notices.tell_of_offer(entry, course, now=now)
    return entry


def _end_of_offer(course, now):
    if course.offer_hours == 0:
        return None
    ends_at = now + timedelta(hours=course.offer_hours)
    return min(ends_at, course.enrollment_closes_at or ends_at)


@transaction.atomic
def accept_offer(entry_id: UUID, *, by, now: datetime) -> Enrollment:
    """Take the seat that is held for somebody; `by` is None where it was promised. Repeating it is harmless.

    Locks the enrollment, the seats and the place in the queue. Raises OfferGone where the time is over or another
    answer came first, and EnrollmentRefused where the course takes nobody any more.
    """
    with acting_for_everyone():
        entry = WaitlistEntry.objects.select_related("student").get(pk=entry_id)
        placed = Enrollment.objects.filter(course=entry.course_id, student=entry.student_id)
        placed.select_for_update(of=("self",), no_key=True).first()
        lock_seats(entry.course_id)
        entry = lock_entry(entry_id)
        if entry.state == Wait.PLACED:
            return placed.get()
        if entry.state != Wait.OFFERED or entry.has_run_out(now):
            raise OfferGone(entry)
        standing = standing_of(entry.student, entry.course_id)
        decision = decide(standing, now=now, steps=("status",))
        if not decision:
            raise EnrollmentRefused(decision)
        was_promised = entry.is_promise
        enrollment = take_held_seat(standing, by=by, now=now)
        if was_promised:
            waitlist_notices.tell_of_place(entry, now=now)
        return enrollment


@transaction.atomic
def decline_offer(entry_id: UUID, *, by, now: datetime, reason: str = "") -> WaitlistEntry:
    """Give an offered seat away, at once to whoever is next. A repeat changes nothing. Raises OfferGone."""
    with acting_for_everyone():
        entry = WaitlistEntry.objects.get(pk=entry_id)
        lock_seats(entry.course_id)
        entry = lock_entry(entry_id)
        if entry.state == Wait.DECLINED:
            return entry
        if entry.state != Wait.OFFERED:
            raise OfferGone(entry)
        step(entry, Wait.DECLINED, by=by, at=now, reason=reason)
        offer_free_seats(entry.course_id, now=now)
        return entry


@transaction.atomic
def serve(course_id: UUID, *, now: datetime) -> None:
    """End the offers whose time is over, and offer all free seats of a course. Harmless to repeat."""
    with acting_for_everyone():
        lock_seats(course_id)
        over = WaitlistEntry.objects.offered().filter(course=course_id, offer_expires_at__lte=now)
        for entry in over.select_for_update(of=("self",), no_key=True).order_by("pk"):
            step(entry, Wait.LAPSED, by=None, at=now)
            waitlist_notices.tell_of_lapse(entry, now=now)
        offer_free_seats(course_id, now=now)


def courses_to_serve(*, now: datetime) -> set[UUID]:
    """Courses with an offer whose time is over, or with a free seat that somebody waits for."""
    over = WaitlistEntry.objects.offered().filter(offer_expires_at__lte=now)
    somebody_waits = WaitlistEntry.objects.filter(
        course=OuterRef("pk"), state=Wait.WAITING, student__is_active=True
    )
    unserved = taking_people(now).filter(
        Q(seats__capacity__isnull=True) | Q(seats__capacity__gt=F("seats__taken")),
        Exists(somebody_waits),
    )
    return {*over.values_list("course_id", flat=True), *unserved.values_list("pk", flat=True)}


def promised() -> Iterable[UUID]:
    """Entries whose seat is theirs without an answer, and who are not on the course yet."""
    entries = WaitlistEntry.objects.offered().filter(offer_expires_at__isnull=True)
    return list(entries.order_by("offered_at", "id").values_list("pk", flat=True))
