"""What the waitlist hears: that there may be a seat to offer."""

from courses.signals import course_changed
from enrollments.services.offers import offer_free_seats
from enrollments.signals import seat_freed
from lib.events import listens_to


@listens_to(seat_freed)
def offer_freed_seat(sender, *, course_id, at, **facts):
    offer_free_seats(course_id, now=at)


@listens_to(course_changed)
def offer_new_seats(sender, *, course, at, **facts):
    offer_free_seats(course.pk, now=at)
