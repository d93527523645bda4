"""Who is on which course, and on which learning path."""

from enrollments.models.enrollment import SEE_PEOPLE, Enrollment, EnrollmentChange
from enrollments.models.path import PathEnrollment

__all__ = ["SEE_PEOPLE", "Enrollment", "EnrollmentChange", "PathEnrollment"]
