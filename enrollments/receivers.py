"""What the waitlist hears: that there may be a seat to offer."""

from courses.signals import course_changed
from enrollments.services.offers import offer_free_seats
from enrollments.services.queue import entry_of
from enrollments.services.waitlist import leave_waitlist
from enrollments.signals import enrollment_withdrawn, seat_freed
from lib.events import listens_to


@listens_to(seat_freed)
def offer_freed_seat(sender, *, course_id, at, **facts):
    offer_free_seats(course_id, now=at)


@listens_to(enrollment_withdrawn)
def leave_queue(sender, *, enrollment, by, at, **facts):
    """Who takes back what they asked for does not wait for it any longer."""
    entry = entry_of(enrollment.course_id, enrollment.student_id)
    if entry is not None:
        leave_waitlist(entry.pk, by=by, now=at)


@listens_to(course_changed)
def offer_new_seats(sender, *, course, at, **facts):
    offer_free_seats(course.pk, now=at)
