"""The waitlist of a course as its staff see it, page by page."""

from uuid import UUID

from enrollments.models import WaitlistChange, WaitlistEntry
from lib.pagination import Page, paginate
from lib.rows import fetch_row
from users.people_search import named_like, with_names

PER_PAGE = 25
OFFER_ORDER = ("offered_at", "id")
HISTORY_ORDER = ("-at", "-id")

COUNTS = """
SELECT
    (SELECT count(*) FROM enrollments_waitlistentry WHERE course_id = %(course)s AND state = 'waiting') AS waiting,
    (SELECT count(*) FROM enrollments_waitlistentry WHERE course_id = %(course)s AND state = 'offered') AS offered
"""
AHEAD = """
SELECT count(*) AS people FROM enrollments_waitlistentry
WHERE course_id = %(course)s AND state = 'waiting' AND (priority, joined_at, id) < (%(priority)s, %(joined_at)s, %(id)s)
"""


def counts_of(course_id: UUID):
    """How many wait, and how many have an offer. One query."""
    return fetch_row(COUNTS, {"course": course_id})


def page_of_waiting(course_id: UUID, name: str, *, cursor: str | None) -> tuple[Page, int | None]:
    """A page of the queue and the place of its first row, which is None in a list narrowed by a name. Two queries."""
    rows = with_names(WaitlistEntry.objects.waiting().filter(course=course_id), "student")
    if name:
        rows = named_like(rows, name, person="student")
    page = paginate(rows, order=WaitlistEntry.ORDER, cursor=cursor, size=PER_PAGE)
    if name or not page:
        return page, None
    first = page.items[0]
    edge = {"priority": first.priority, "joined_at": first.joined_at, "id": first.pk}
    return page, fetch_row(AHEAD, {"course": course_id} | edge).people + 1


def page_of_offers(course_id: UUID, name: str, *, cursor: str | None) -> Page:
    """A page of the seats that are held for somebody, the oldest first. One query."""
    rows = with_names(WaitlistEntry.objects.offered().filter(course=course_id), "student")
    if name:
        rows = named_like(rows, name, person="student")
    return paginate(rows, order=OFFER_ORDER, cursor=cursor, size=PER_PAGE)


def page_of_history(course_id: UUID, name: str, state: str, *, cursor: str | None) -> Page:
    """A page of all steps on a waitlist, the newest first; of those that led to a state, if one is named. One query."""
    rows = with_names(WaitlistChange.objects.filter(course=course_id), "student", "by")
    if state in WaitlistEntry.State.values:
        rows = rows.filter(to_state=state)
    if name:
        rows = named_like(rows, name, person="student")
    return paginate(rows, order=HISTORY_ORDER, cursor=cursor, size=PER_PAGE)
