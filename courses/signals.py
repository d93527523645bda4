"""What courses announce, each in the transaction of the fact."""

from django.dispatch import Signal

course_published = Signal()  #: A course was opened to its readers. Facts: course, by, is_first.
course_changed = Signal()  #: What a course lets people do may be different: changed, opened, out of the trash. Facts: course, at.
duty_given = (
    Signal()
)  #: Somebody now looks after a course, or more. Facts: user, course (or None), duty, at.
review_written = (
    Signal()
)  #: Somebody reviewed a course, or changed their review. Facts: review, is_new, at.
review_answered = Signal()  #: A review was answered, or its answer changed. Facts: review, at.
review_hidden = Signal()  #: A review is shown no more. Facts: review (with its reason), at.
