"""Who looks after a course, for its page: co-instructors and those with a role on it, page by page."""

from django.db.models import Q

from courses.models import Course, CourseStaff, RoleAssignment
from lib.pagination import Column, Page, paginate_rows
from lib.rows import fetch_rows
from lib.text import TextRefused, clean_text
from users.models import User, avatar_url
from users.permissions import can_see_accounts

STAFF_PER_PAGE = 25
SUGGESTIONS = 8
SHORTEST_SEARCH = 2  # characters

# Ordered by (created_at, id), both NOT NULL; `role` is NULL for those who teach.
ENTRIES = """
SELECT entry.id, entry.created_at, entry.user_id, entry.role, entry.description, entry.teaches_as,
    person.username, person.email, person.first_name, person.last_name, person.is_active,
    profile.display_name, profile.avatar, giver.first_name AS giver_first_name,
    giver.last_name AS giver_last_name, giver.username AS giver_username
FROM (
    SELECT id, created_at, user_id, NULL AS role, '' AS description, role AS teaches_as, NULL::uuid AS given_by_id
    FROM courses_coursestaff WHERE course_id = %(course)s
    UNION ALL
    SELECT held.id, held.created_at, held.user_id, role.name, role.description, NULL, held.given_by_id
    FROM courses_roleassignment held JOIN users_role role ON role.id = held.role_id
    WHERE held.course_id = %(course)s
) entry
JOIN users_user person ON person.id = entry.user_id
LEFT JOIN users_profile profile ON profile.user_id = person.id
LEFT JOIN users_user giver ON giver.id = entry.given_by_id
"""
FIRST = ENTRIES + "ORDER BY entry.created_at, entry.id LIMIT %(limit)s"
AFTER = (
    ENTRIES
    + """WHERE (entry.created_at, entry.id) > (%(created_at)s, %(id)s)
ORDER BY entry.created_at, entry.id LIMIT %(limit)s"""
)
BEFORE = (
    ENTRIES
    + """WHERE (entry.created_at, entry.id) < (%(created_at)s, %(id)s)
ORDER BY entry.created_at DESC, entry.id DESC LIMIT %(limit)s"""
)

COLUMNS = [
    Column("created_at", lambda: RoleAssignment._meta.get_field("created_at")),
    Column("id", lambda: RoleAssignment._meta.get_field("id")),
]


def page_of_staff(course: Course, cursor: str | None) -> Page:
    """Those who look after the course beside its owner, the longest first. One query for the first page."""

    def fetch(values, backwards, limit):
        parameters = {"course": course.pk, "limit": limit}
        if values is None:
            return fetch_rows(FIRST, parameters)
        parameters |= {"created_at": values[0], "id": values[1]}
        return fetch_rows(BEFORE if backwards else AFTER, parameters)

    return paginate_rows(fetch, COLUMNS, cursor=cursor, size=STAFF_PER_PAGE)


def shown(row, *, with_email: bool) -> dict:
    """What the page says of one of them."""
    return {
        "id": row.id,
        "user_id": row.user_id,
        "name": row.display_name or _name(row.first_name, row.last_name, row.username),
        "initials": (row.first_name[:1] + row.last_name[:1]).upper() or row.username[:2].upper(),
        "avatar_url": avatar_url(row.user_id, row.avatar),
        "note": row.email if with_email else row.username,
        "is_active": row.is_active,
        "role": row.role or CourseStaff.Role(row.teaches_as).label,
        "description": row.description,
        "since": row.created_at,
        "given_by": _name(row.giver_first_name, row.giver_last_name, row.giver_username),
    }


def _name(first, last, username):
    return f"{first or ''} {last or ''}".strip() or username or ""


def suggest_people(by: User, text: str) -> list[User]:
    """People whose names begin so, a few: everybody for those who see all accounts, else those who teach.

    Anybody else is found by the whole username or e-mail alone.
    """
    try:
        words = clean_text(text).split()[:5]
    except TextRefused:
        return []
    if len("".join(words)) < SHORTEST_SEARCH:
        return []
    people = User.objects.active().with_person()
    people = people if can_see_accounts(by) else people.instructors()
    for word in words:
        people = people.filter(
            Q(last_name__istartswith=word)
            | Q(first_name__istartswith=word)
            | Q(username__istartswith=word)
            | Q(email__istartswith=word)
        )
    return list(people.order_by("last_name", "first_name", "id")[:SUGGESTIONS])
