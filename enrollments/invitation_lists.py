"""Who is invited to a course, by which codes and addresses people come: page by page, one query each."""

from datetime import datetime

from courses.models import Course
from enrollments.models import Invitation, JoinCode, PreApproval
from lib.pagination import Page, paginate
from lib.text import TextRefused, clean_text
from users.people_search import with_names

PER_PAGE = 25
NEWEST = ("-created_at", "-id")


def page_of_invitations(
    course: Course, chosen: dict[str, str], *, now: datetime, cursor: str | None
) -> Page:
    """The newest first, narrowed by state and the beginning of the address."""
    rows = with_names(Invitation.objects.filter(course=course), "invited_by", "accepted_by")
    if chosen["state"]:
        rows = rows.in_state(chosen["state"], now)
    rows = _narrowed(rows, "email__startswith", chosen["q"])
    return paginate(rows, order=NEWEST, cursor=cursor, size=PER_PAGE)


def page_of_codes(course: Course, *, cursor: str | None) -> Page:
    """The newest first."""
    rows = with_names(JoinCode.objects.filter(course=course), "made_by")
    return paginate(rows, order=NEWEST, cursor=cursor, size=PER_PAGE)


def page_of_addresses(course: Course, chosen: dict[str, str], *, cursor: str | None) -> Page:
    """In the order of the alphabet, domains first, narrowed by a part of the address."""
    rows = with_names(PreApproval.objects.filter(course=course), "added_by")
    rows = _narrowed(rows, "value__contains", chosen["q"])
    return paginate(rows, order=("value", "id"), cursor=cursor, size=PER_PAGE)


def _narrowed(rows, lookup, text):
    if not text:
        return rows
    try:
        return rows.filter(**{lookup: clean_text(text).strip().lower()})
    except TextRefused:
        return rows.none()
