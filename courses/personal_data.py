"""What is personal in courses: who looks after them."""

from django.utils.translation import gettext_lazy as _

from courses.models import (
    Course,
    CoursePrerequisite,
    CourseSeats,
    CourseStaff,
    FormerSlug,
    RoleAssignment,
    Subject,
)
from tenancy.personal import Rows, declare, nothing_personal

TEACHING = _("It tells what the organization teaches.")

nothing_personal(Subject, "title", "slug", "description", reason=TEACHING)
declare(
    Course,
    heading=_("Courses I own"),
    person="owner_id",
    rows=Rows.UNLINKED,
    reason=_("A course belongs to the organization."),
    facts=["title", "status", "created_at"],
    impersonal=[
        "slug",
        "summary",
        "description",
        "description_html",
        "objectives",
        "requirements",
        "tags",
        "language",
        "thumbnail",
        "currency",
        "source",
        "search_vector",
    ],
)
nothing_personal(CourseSeats, reason=TEACHING)
declare(
    CourseStaff,
    heading=_("Courses I help to teach"),
    person="user_id",
    rows=Rows.GO,
    facts=["course", "role", "created_at"],
)
declare(
    RoleAssignment,
    heading=_("Roles I hold"),
    person="user_id",
    rows=Rows.GO,
    facts=["role", "course", "given_by", "created_at"],
)
nothing_personal(CoursePrerequisite, reason=TEACHING)
nothing_personal(FormerSlug, "slug", reason=TEACHING)
