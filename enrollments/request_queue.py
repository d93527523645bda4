"""Requests for places that wait for an answer, the longest first, page by page."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from enrollments.models import Enrollment
from lib.pagination import Page, paginate
from users.models import Permission
from users.people_search import named_like, with_names

PER_PAGE = 25
ORDER = ("approval_requested_at", "id")

#: By how long requests have waited at least.
AGES = {
    "1": (timedelta(days=1), _("For more than a day")),
    "3": (timedelta(days=3), _("For more than 3 days")),
    "7": (timedelta(days=7), _("For more than a week")),
}


def requests_for(user) -> QuerySet:
    """The requests that this person may answer, with who asks."""
    courses = Course.objects.live().permitted_to(user, Permission.ENROLLMENT_MANAGE)
    waiting = Enrollment.objects.waiting_for_answer().filter(course__in=courses)
    return with_names(waiting, "student")


def page_of_requests(
    user, chosen: dict[str, str], *, now: datetime, course_id: UUID | None, cursor: str | None
) -> Page:
    """A page of requests, of one course or of all, narrowed by what the address says. One query."""
    rows = requests_for(user)
    rows = rows.select_related("course") if course_id is None else rows.filter(course_id=course_id)
    if chosen["course"]:
        rows = rows.filter(course__slug=chosen["course"])
    if chosen["age"]:
        rows = rows.filter(approval_requested_at__lte=now - AGES[chosen["age"]][0])
    if chosen["q"]:
        rows = named_like(rows, chosen["q"], person="student")
    return paginate(rows, order=ORDER, cursor=cursor, size=PER_PAGE)


def courses_with_requests(user) -> list[tuple[str, str]]:
    """Short names and titles of the courses on which somebody waits for this person's answer. One query."""
    waiting = Enrollment.objects.waiting_for_answer().values("course")
    courses = Course.objects.live().permitted_to(user, Permission.ENROLLMENT_MANAGE)
    return list(
        courses.filter(pk__in=waiting).order_by("title", "id").values_list("slug", "title")[:200]
    )
