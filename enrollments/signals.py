"""What enrollments announce, inside the transaction of the fact."""

from django.dispatch import Signal

enrollment_activated = (
    Signal()
)  #: A student may learn now: enrolled, approved or back. Facts: enrollment, by.
enrollment_withdrawn = (
    Signal()
)  #: A student left a course, or took a request back. Facts: enrollment, by, at.
access_ended = (
    Signal()
)  #: A student's time on a course is over, the seat is free. Facts: enrollment, at.
seat_freed = Signal()  #: A seat of a course was given back, by whatever step. Facts: course_id, at.
student_placed = (
    Signal()
)  #: Staff put a student on a course, or brought them back. Facts: enrollment, by, at, reason.
student_removed = Signal()  #: Staff took a student off a course. Facts: enrollment, by, at, reason.
student_suspended = (
    Signal()
)  #: Staff closed the lessons to a student. Facts: enrollment, by, at, reason.
place_requested = Signal()  #: A student asks for a place. Facts: enrollment, at.
request_approved = (
    Signal()
)  #: Staff approved a request; there may be no seat yet. Facts: enrollment, by, at, reason.
request_rejected = Signal()  #: Staff rejected a request. Facts: enrollment, by, at, reason.
completion_changed = Signal()  #: A student completed a course, or a completion was taken back. Facts: enrollment, is_complete, at.
path_joined = Signal()  #: A student follows a learning path now. Facts: path_enrollment, at.
