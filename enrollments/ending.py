"""When access to a course ends."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lib.decisions import Reason


def end_of_access(rule, *, since: datetime) -> datetime | None:
    """When access ends for somebody who learns from `since` on; None where it stays open.

    `rule` is a course or a standing: whatever has `access_ends_at` and `access_days`. Who is on the course
    keeps the end that held when they joined, or that staff gave them since.
    """
    if rule.access_days is not None:
        return since + timedelta(days=rule.access_days)
    return rule.access_ends_at


def access_is_over(rule, *, now: datetime) -> Reason | None:
    """Why nobody can begin to learn any more; None while the course is open."""
    ends_at = rule.access_ends_at
    if ends_at is None or now < ends_at:
        return None
    text = _("Access to this course ended on %(day)s.") % {"day": day_of(ends_at)}
    return Reason("access_over", text, reverse("courses:list"), _("Find another course"))


def day_of(moment: datetime) -> str:
    """A day in words, in the reader's zone and language."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
