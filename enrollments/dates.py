"""What ends for people who are on a course, or wait to be: dates for the agenda."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda import dates
from agenda.dates import Date, Span
from agenda.notices import DEADLINE
from lib.rows import fetch_rows

ACCESS_ENDS = dates.declare(
    dates.Kind(
        "access.ends",
        gettext_lazy("Access ends"),
        "hourglass",
        lambda name: _("Your access to “%(name)s” ends") % {"name": name},
    )
)
ENROLLMENT_CLOSES = dates.declare(
    dates.Kind(
        "enrollment.closes",
        gettext_lazy("Enrollment closes"),
        "lock",
        lambda name: _("Enrollment in “%(name)s” closes") % {"name": name},
        DEADLINE,
    )
)
OFFER_ENDS = dates.declare(
    dates.Kind(
        "offer.ends",
        gettext_lazy("Offers of a seat end"),
        "clock",
        lambda name: _("Your offer of a seat on “%(name)s” ends") % {"name": name},
        DEADLINE,
        lead=timedelta(hours=6),
    )
)

# Of those who learn, when that ends; of those who wait to be let in, until when they can
# be; of those who were offered a seat, until when it is held for them.
ENDINGS = """
SELECT 'access.ends' AS kind, e.id AS row_id, c.id AS course_id, e.student_id, e.expires_at AS at, c.title, c.slug,
    GREATEST(e.updated_at, c.updated_at) AS changed_at
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id AND c.deleted_at IS NULL
JOIN users_user u ON u.id = e.student_id AND u.is_active
WHERE {people} AND e.status IN ('active', 'paused') AND e.expires_at >= %(since)s AND e.expires_at < %(until)s
UNION ALL
SELECT 'enrollment.closes', e.id, c.id, e.student_id, c.enrollment_closes_at, c.title, c.slug,
    GREATEST(e.updated_at, c.updated_at)
FROM enrollments_enrollment e JOIN courses_course c ON c.id = e.course_id AND c.deleted_at IS NULL
JOIN users_user u ON u.id = e.student_id AND u.is_active
WHERE {people} AND e.status = 'pending'
    AND c.enrollment_closes_at >= %(since)s AND c.enrollment_closes_at < %(until)s
UNION ALL
SELECT CASE e.state WHEN 'offered' THEN 'offer.ends' ELSE 'enrollment.closes' END, e.id, c.id, e.student_id,
    CASE e.state WHEN 'offered' THEN e.offer_expires_at ELSE c.enrollment_closes_at END, c.title, c.slug,
    GREATEST(e.updated_at, c.updated_at)
FROM enrollments_waitlistentry e JOIN courses_course c ON c.id = e.course_id AND c.deleted_at IS NULL
JOIN users_user u ON u.id = e.student_id AND u.is_active
WHERE {people} AND (
    e.state = 'offered' AND e.offer_expires_at >= %(since)s AND e.offer_expires_at < %(until)s
    OR e.state = 'waiting' AND c.enrollment_closes_at >= %(since)s AND c.enrollment_closes_at < %(until)s
)
"""
OF_EVERYBODY = ENDINGS.format(people="TRUE")
OF_SOME = ENDINGS.format(people="e.student_id = ANY(%(people)s)")


def endings(people: Sequence[UUID] | None, span: Span) -> Iterator[Date]:
    """What ends in a span. One query."""
    values = {"since": span.since, "until": span.until}
    if people is not None:
        values["people"] = list(people)
    for row in fetch_rows(OF_EVERYBODY if people is None else OF_SOME, values):
        yield Date(
            person_id=row.student_id,
            kind=row.kind,
            uid=f"{row.kind}.{row.row_id}",
            source=f"{row.kind}:{row.course_id}",
            at=row.at,
            name=row.title,
            course=row.title,
            slug=row.slug,
            url=reverse("courses:detail", args=[row.slug]),
            changed_at=row.changed_at,
        )
