"""What this app tells the floors below: who else sees a course, who may open its files, who shares one."""

from activity.permissions import register_student_rule
from agenda import dates
from content import access
from courses import impact, reviewing, visibility
from courses.models import Course
from enrollments import bulk_people, studio_sections
from enrollments.dates import endings
from enrollments.impact import measure_places, tell_places
from enrollments.models import Enrollment, WaitlistEntry
from enrollments.my_waitlists import my_waitlists
from enrollments.panel import enroll_panel
from enrollments.path_page import path_standing
from enrollments.reviewing import may_review, objection_to_review
from enrollments.shared_courses import share_a_course
from enrollments.ways import courses_open_to
from lib import jinja
from users import visibility as profiles


def courses_of(user):
    """Courses that a person sees because they are on them."""
    return Enrollment.objects.of_student(user).values("course")


def courses_waited_for(user):
    """Courses that a person sees because they wait for a seat, or were offered one."""
    return WaitlistEntry.objects.open().filter(student=user).values("course")


def is_learning_in_one(user, course_ids) -> bool:
    """Whether somebody's lessons are open in one of these courses."""
    return (
        Enrollment.objects.learning().filter(student=user, course_id__in=list(course_ids)).exists()
    )


def teaches(user, student) -> bool:
    """Whether somebody teaches a course that the student is on."""
    if not user.is_instructor:
        return False
    taught = Course.objects.editable_by(user)
    return Enrollment.objects.of_student(student).filter(course__in=taught).exists()


def install():
    bulk_people.install()
    register_student_rule(teaches)
    dates.register(endings)
    visibility.register(courses_of)
    visibility.register(courses_waited_for)
    visibility.register(courses_open_to)
    studio_sections.install()
    reviewing.register(objection_to_review)
    impact.register("places", measure_places, tell_places)
    access.register_viewer_check(is_learning_in_one)
    profiles.register(share_a_course)
    jinja.register("enroll_panel", enroll_panel)
    jinja.register("my_waitlists", my_waitlists)
    jinja.register("path_standing", path_standing)
    jinja.register("may_review", may_review)
