"""What this app tells the floors below: who else sees a course, and who may open its files."""

from content import access
from courses import visibility
from enrollments.models import Enrollment
from enrollments.panel import enroll_panel
from lib import jinja


def courses_of(user):
    """Courses that a person sees because they are on them."""
    return Enrollment.objects.of_student(user).values("course")


def is_learning_in_one(user, course_ids) -> bool:
    """Whether somebody's lessons are open in one of these courses."""
    return (
        Enrollment.objects.learning().filter(student=user, course_id__in=list(course_ids)).exists()
    )


def install():
    visibility.register(courses_of)
    access.register_viewer_check(is_learning_in_one)
    jinja.register("enroll_panel", enroll_panel)
