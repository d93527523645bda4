"""What courses announce, each in the transaction of the fact."""

from django.dispatch import Signal

course_published = Signal()  #: A course was opened to its readers. Facts: course, by, is_first.
duty_given = (
    Signal()
)  #: Somebody now looks after a course, or more. Facts: user, course (or None), duty, at.
