"""What progress announces, inside the transaction of the fact."""

from django.dispatch import Signal

lesson_completed = (
    Signal()
)  #: A student's first completion of a lesson. Facts: completion, enrollment.
module_completed = Signal()  #: The last lesson of a module is done. Facts: completion, enrollment.
course_completed = Signal()  #: A student has done all a course asks for. Facts: enrollment.
previews_read = Signal()  #: Who enrolled may have read previews of the course. Facts: enrollment.
path_completed = (
    Signal()
)  #: A student has completed all that a learning path asks for. Facts: path_enrollment.
