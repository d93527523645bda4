"""Who is on one course with whom."""

from lib.rows import fetch_row
from users.models import User


def share_a_course(one: User, other: User) -> bool:
    """Whether two different people learn or teach on one course now. One query.

    A student's request sees no classmate's enrollment; the database's function does.
    """
    (answer,) = fetch_row("SELECT enrollments_share_a_course(%s, %s)", [one.pk, other.pk])
    return answer
