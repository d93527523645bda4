"""When a plan ends, so does the access to the courses that it alone opened.

A place on a course carries its own end (`Enrollment.expires_at`), which its student is warned of and a job
carries out. Here that end follows the plan through which the place was taken.
"""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from billing.entitlements import GRACE, LAST_DAY, OPENS
from billing.models import Subscription
from enrollments.ending import end_of_access
from enrollments.models import Enrollment
from enrollments.services.expiry import NoEnd, move_end
from lib.rows import fetch_rows

#: Places on paid courses that were taken through a plan and not bought: the last day that plans give them, NULL
#: for ever.
THROUGH_PLANS = f"""
SELECT e.id, CASE WHEN plans.is_endless THEN NULL ELSE plans.last_day END AS last_day
FROM enrollments_enrollment e
JOIN courses_course c ON c.id = e.course_id AND c.price > 0
CROSS JOIN LATERAL (
    SELECT max({LAST_DAY}) AS last_day, COALESCE(bool_or(s.ends_on IS NULL), false) AS is_endless,
        bool_or(
            s.starts_on <= e.enrolled_at::date AND COALESCE({LAST_DAY} >= e.enrolled_at::date, true)
        ) AS let_in
    FROM billing_subscription s JOIN billing_plan p ON p.id = s.plan_id
    WHERE (s.user_id = e.student_id OR s.user_id IS NULL) AND {OPENS}
) plans
WHERE e.status IN ('active', 'paused', 'suspended') AND plans.let_in
    AND (%(user)s::uuid IS NULL OR e.student_id = %(user)s)
    AND NOT EXISTS (
        SELECT FROM billing_order o
        WHERE o.course_id = e.course_id AND o.buyer_id = e.student_id AND o.status = 'paid'
    )
ORDER BY e.id
"""


def last_day(subscription: Subscription) -> date | None:
    """The last day on which it entitles: with the days of grace where it renews. None: it has no end."""
    if subscription.ends_on is None:
        return None
    return subscription.ends_on + (GRACE if subscription.renews else timedelta(0))


def follow_plans(
    user_id: UUID | None = None, *, now: datetime, former: date | None = None, cuts: bool = False
) -> int:
    """Let the ends of places follow the plans of a person, or of everybody. Returns how many were moved.

    A place without an end gets one, and one that ended on the `former` last day moves on; any other end was set
    by the course or by staff, and is only brought forward, and only when a plan is over (`cuts`).
    """
    rows = fetch_rows(THROUGH_PLANS, {"user": user_id, "grace": GRACE.days})
    ends = {row.id: end_of_day(row.last_day) for row in rows}
    places = Enrollment.objects.filter(pk__in=ends).select_related("course").order_by("pk")
    moved = 0
    for place in places.iterator(1_000):
        end = ends[place.pk]
        if place.expires_at is not None and place.expires_at == end_of_day(former):
            end = _earlier(end, end_of_access(place.course, since=place.enrolled_at))
        elif place.expires_at is not None and not (cuts and end and end < place.expires_at):
            continue
        if end != place.expires_at:
            moved += _move(place.pk, end, now)
    return moved


def _move(enrollment_id, end, now):
    try:
        move_end(enrollment_id, end, by=None, now=now, reason=_("It follows the plan."))
    except NoEnd:  # completed meanwhile
        return 0
    return 1


def _earlier(one, other):
    return min((end for end in (one, other) if end is not None), default=None)


def end_of_day(day: date | None) -> datetime | None:
    """The midnight after a day, in UTC."""
    return day and datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)
