"""Who may not make it to the end: a rule in one sentence, and why it holds of somebody.

At risk is who is active and was not seen for two weeks, or whose access ends within two weeks with less than
half of the course done.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollments.models import Enrollment

QUIET = timedelta(days=14)
LAST_STRETCH = timedelta(days=14)
HALF = 50  # percent


def at_risk(now: datetime) -> Q:
    """The rule, for rows that are annotated with `seen_at`."""
    is_quiet = Q(seen_at__lte=now - QUIET, enrolled_at__lte=now - QUIET)
    is_late = Q(expires_at__lte=now + LAST_STRETCH, percent__lt=HALF)
    return Q(status=Enrollment.Status.ACTIVE) & (is_quiet | is_late)


def risk_of(row, now: datetime) -> str:
    """Why somebody is at risk, in a few words; "" for who is not.

    `row` has `status`, `percent`, `seen_at`, `enrolled_at` and `expires_at`.
    """
    if row.status != Enrollment.Status.ACTIVE:
        return ""
    quiet = now - max(row.seen_at, row.enrolled_at)
    if quiet >= QUIET:
        text = ngettext("Not seen for %(num)d day", "Not seen for %(num)d days", quiet.days)
        return text % {"num": quiet.days}
    if row.expires_at is None or row.percent >= HALF:
        return ""
    left = row.expires_at - now
    if left > LAST_STRETCH:
        return ""
    if left < timedelta(days=1):
        return _("Access ends within a day")
    text = ngettext("Access ends in %(num)d day", "Access ends in %(num)d days", left.days)
    return text % {"num": left.days}
