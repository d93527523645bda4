"""The queue before a course: what its steps lock, and the history that keeps them.

The order of locks is the same everywhere: the student's enrollment, then the seats of the course, then places in
the queue. Who holds the seats has the queue of the course to themselves.
"""

from datetime import datetime
from uuid import UUID

from courses.models import CourseSeats
from enrollments.models import WaitlistChange, WaitlistEntry
from enrollments.states import Wait, may_step


class UnlawfulStep(Exception):
    """A place on a waitlist in this state cannot become what was asked for."""

    def __init__(self, entry: WaitlistEntry):
        self.state = Wait(entry.state)
        super().__init__(str(self.state.label))


def lock_seats(course_id: UUID) -> CourseSeats:
    """The seats of a course, locked until the transaction ends: where enrolling, offering and answering meet."""
    return CourseSeats.objects.select_for_update(of=("self",), no_key=True).get(course_id=course_id)


def lock_entry(entry_id: UUID) -> WaitlistEntry:
    """A place in the queue with its course and student, for somebody who holds the seats of the course."""
    entries = WaitlistEntry.objects.select_related("course", "student")
    return entries.select_for_update(of=("self",), no_key=True).get(pk=entry_id)


def entry_of(course_id: UUID, student_id: UUID) -> WaitlistEntry | None:
    """The place of somebody who waits, was offered a seat or was skipped; None for anybody else."""
    states = (*WaitlistEntry.OPEN, Wait.SKIPPED)
    entries = WaitlistEntry.objects.filter(course=course_id, student=student_id, state__in=states)
    return entries.first()


def step(
    entry: WaitlistEntry, wanted: str, *, by, at: datetime, reason: str = "", **fields
) -> WaitlistEntry:
    """Move a place to another state, write `fields` along, and keep the step. Raises UnlawfulStep."""
    before = entry.state
    if not may_step(before, wanted):
        raise UnlawfulStep(entry)
    entry.state, entry.offer_expires_at = wanted, None
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.save(update_fields={"state", "offer_expires_at", *fields})
    keep(entry, before, by=by, at=at, reason=reason)
    return entry


def end_wait(entry: WaitlistEntry | None, *, by, at: datetime, reason: str = "") -> None:
    """The student is on the course now: nobody offers them another seat.

    `entry` is as it was before, None for somebody who did not wait. Where a seat was held for it, the database has
    handed that over already.
    """
    if entry is None:
        return
    WaitlistEntry.objects.filter(pk=entry.pk).update(state=Wait.PLACED, offer_expires_at=None)
    before, entry.state, entry.offer_expires_at = entry.state, Wait.PLACED, None
    keep(entry, before, by=by, at=at, reason=reason)


def keep(
    entry: WaitlistEntry, before: str, *, by, at: datetime, reason: str = "", from_priority=None
) -> None:
    """Add to the history what has just happened to a place."""
    WaitlistChange.objects.create(
        entry=entry,
        course_id=entry.course_id,
        student_id=entry.student_id,
        from_state=before,
        to_state=entry.state,
        from_priority=from_priority,
        to_priority=entry.priority,
        by=by,
        at=at,
        reason=reason,
    )
