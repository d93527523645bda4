"""What students are told about their place on a waitlist."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.models import Course
from enrollments import offer_links
from enrollments.models import WaitlistEntry
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence
from notifications.services import notify


def _of_course(facts):
    return {"course": facts["title"]}, reverse("courses:detail", args=[facts["slug"]])


def _offered(facts):
    values, url = _of_course(facts)
    until = timezone.localtime(parse_datetime(facts["until"]))
    text = _("Until %(until)s, it is held for you; then it goes to whoever is next.")
    offer = (facts["entry"], facts["offered_at"])
    links = (
        (_("Take the seat"), offer_links.accept_path(*offer)),
        (_("Decline it"), offer_links.decline_path(*offer)),
    )
    return Message(
        _("A seat on “%(course)s” is yours if you want it") % values,
        text % {"until": date_format(until, "DATETIME_FORMAT")},
        url,
        links,
    )


def _placed(facts):
    values, url = _of_course(facts)
    title = _("A seat became free: you are on “%(course)s” now") % values
    return Message(title, _("You can begin at once."), url)


def _lapsed(facts):
    values, url = _of_course(facts)
    title = _("The seat on “%(course)s” went to whoever is next") % values
    return Message(title, _("The time to answer is over. You can join the waitlist again."), url)


def _skipped(facts):
    values, url = _of_course(facts)
    title = _("You were taken off the waitlist of “%(course)s”") % values
    return Message(title, facts["reason"], url)


def _kind(code, label, describe):
    return declare(Kind(f"waitlist.{code}", label, describe, Cadence.NOW))


OFFERED = _kind("offered", gettext_lazy("I am offered a seat"), _offered)
PLACED = _kind("placed", gettext_lazy("I get a seat from the waitlist"), _placed)
LAPSED = _kind("lapsed", gettext_lazy("A seat that I was offered goes to another"), _lapsed)
SKIPPED = _kind("skipped", gettext_lazy("I am taken off a waitlist"), _skipped)


def tell_of_offer(entry: WaitlistEntry, course: Course, *, now: datetime) -> None:
    """Tell of a seat that waits for an answer; once for each offer."""
    facts = {
        "entry": str(entry.pk),
        "offered_at": entry.offered_at.isoformat(),
        "until": entry.offer_expires_at.isoformat(),
    }
    _tell(OFFERED, entry, course, facts, now=now)


def tell_of_place(entry: WaitlistEntry, *, now: datetime) -> None:
    """Tell of a seat that came without a question; once for each promise."""
    _tell(PLACED, entry, entry.course, {}, now=now)


def tell_of_lapse(entry: WaitlistEntry, *, now: datetime) -> None:
    """Tell that the offer is over; once for each."""
    _tell(LAPSED, entry, entry.course, {}, now=now)


def tell_of_skip(entry: WaitlistEntry, *, now: datetime, reason: str) -> None:
    """Tell why staff took somebody off the waitlist."""
    _tell(SKIPPED, entry, entry.course, {"reason": reason}, now=now, occasion=now)


def _tell(kind, entry, course, facts, *, now, occasion=None):
    notify(
        [entry.student_id],
        kind,
        source=f"waitlist:{entry.pk}:{(occasion or entry.offered_at).isoformat()}",
        facts={"title": course.title, "slug": course.slug} | facts,
        now=now,
    )
