"""What the activity feeds say about subjects, courses and who looks after them."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register, register_course_rule
from courses.models import (
    Course,
    CourseDraft,
    CoursePrerequisite,
    CourseReview,
    CourseStaff,
    CourseVersion,
    FormerSlug,
    RoleAssignment,
    Subject,
)
from courses.permissions import permissions_on

_STATES = {
    Course.Status.PUBLISHED: _("%(who)s published %(thing)s"),
    Course.Status.ARCHIVED: _("%(who)s archived %(thing)s"),
    Course.Status.DRAFT: _("%(who)s unpublished %(thing)s"),
}


def tell_state(before: dict | None, after: dict | None) -> str | None:
    """Publishing has a sentence of its own; a new course is just added."""
    if before is None or after is None:
        return None
    return _STATES.get(after.get("status"))


def rights_on_course(user, course_id, permissions, course=None) -> frozenset:
    course = course or Course.objects.filter(pk=course_id).only("id", "owner").first()
    return permissions_on(user, course, permissions) if course else frozenset()


register(
    Kind(Subject, _("the subject “%(name)s”"), weight=6),
    Kind(
        Course,
        _("the course “%(name)s”"),
        courses="SELECT %(id)s::uuid",
        tells=tell_state,
        hidden=frozenset({"description_html", "search_vector", "outline_version", "published_at"}),
        weight=9,
    ),
    Kind(
        CourseStaff,
        _("the teacher %(name)s"),
        columns=("user_id", "course_id"),
        courses="SELECT course_id FROM courses_coursestaff WHERE id = %(id)s",
        weight=7,
    ),
    Kind(
        RoleAssignment,
        _("the assignment of a role to %(name)s"),
        columns=("user_id", "role_id"),
        courses="SELECT course_id FROM courses_roleassignment WHERE id = %(id)s",
        weight=7,
    ),
    Kind(
        CoursePrerequisite,
        _("the prerequisite “%(name)s”"),
        columns=("required_course_id",),
        courses="SELECT course_id FROM courses_courseprerequisite WHERE id = %(id)s",
    ),
    Kind(
        CourseVersion,
        _("version %(name)s of a course"),
        columns=("number",),
        courses="SELECT course_id FROM courses_courseversion WHERE id = %(id)s",
        hidden=frozenset({"created_by_id", "number"}),
        weight=4,
    ),
    Kind(
        CourseDraft,
        _("the draft of “%(name)s”"),
        columns=("course_id",),
        courses="SELECT %(id)s::uuid",
        weight=3,
    ),
    Kind(
        CourseReview,
        _("the review of “%(name)s”"),
        columns=("course_id",),
        courses="SELECT course_id FROM courses_coursereview WHERE id = %(id)s",
        weight=6,
    ),
    Kind(
        FormerSlug,
        _("the former short name “%(name)s”"),
        columns=("slug",),
        courses="SELECT course_id FROM courses_formerslug WHERE id = %(id)s",
        weight=1,
    ),
)
register_course_rule(rights_on_course)
