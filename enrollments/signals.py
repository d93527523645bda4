"""What enrollments announce, inside the transaction of the fact."""

from django.dispatch import Signal

enrollment_activated = (
    Signal()
)  #: A student may learn now: enrolled, approved or back. Facts: enrollment, by.
enrollment_withdrawn = (
    Signal()
)  #: A student left a course and freed the seat. Facts: enrollment, by.
