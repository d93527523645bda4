"""What is personal in courses: who looks after them."""

from django.utils.translation import gettext_lazy as _

from courses.models import (
    Course,
    CourseDraft,
    CoursePrerequisite,
    CourseRating,
    CourseReview,
    CourseSeats,
    CourseStaff,
    CourseVersion,
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
declare(
    CourseVersion,
    heading=_("Courses I published"),
    person="created_by_id",
    rows=Rows.UNLINKED,
    reason=_("A course belongs to the organization."),
    facts=["course", "number", "created_at"],
    impersonal=["snapshot", "note"],
)
declare(
    CourseDraft,
    heading=_("Courses I was changing"),
    person="edited_by_id",
    rows=Rows.UNLINKED,
    reason=_("A course belongs to the organization."),
    facts=["course", "edited_at"],
    impersonal=["changes"],
)
declare(
    CourseReview,
    heading=_("Courses I reviewed"),
    person="author_id",
    rows=Rows.GO,
    facts=["course", "rating", "created_at"],
    personal=["text"],
    withheld={
        "reply": _("It is what others wrote."),
        "hidden_reason": _("It is what others wrote."),
    },
    impersonal=["reply", "hidden_reason"],
)
nothing_personal(CourseRating, reason=TEACHING)
