"""The one right button on a course's page, with its reason."""

from django.utils import timezone
from django.utils.translation import ngettext
from jinja2 import pass_context
from markupsafe import Markup

from courses.models import Course
from enrollments.decisions import REJOINING, can_wait, decide, decide_request, has_way_in
from enrollments.history import reason_of_suspension
from enrollments.permissions import can_see_people
from enrollments.standing import standing_here
from enrollments.waitlist_place import place_of

TEMPLATE = "enrollments/_panel.html"
FEW_SEATS = 5  # from here on the page says that it is urgent


@pass_context
def enroll_panel(context, request, course) -> Markup:
    """For templates: what this visitor may do with the course. One query, two for who waits or is suspended.

    For guests it holds nothing about the visitor, so that the page can be kept for all of them.
    """
    standing = standing_here(request, course.pk)
    now = getattr(request, "now", None) or timezone.now()
    decision = decide(standing, now=now)
    if decision.code == "approval":
        decision = decide_request(standing, now=now)
    kind = kind_of(standing, decision, now)
    template = context.environment.get_template(TEMPLATE)
    values = context.get_all() | {
        "standing": standing,
        "decision": decision,
        "kind": kind,
        "is_invited": kind in ("enroll", "again") and is_invited(standing, now),
        "takes_code": kind in ("ask", "refused") and takes_code(standing),
        "place": place_of(standing.waitlist_id, now=now) if standing.is_waiting else None,
        "why_suspended": reason_of_suspension(standing.enrollment_id)
        if kind == "suspended"
        else "",
        "sees_people": can_see_people(standing),
        "seats": seats_text(standing),
    }
    return Markup(template.render(values))


def kind_of(standing, decision, now) -> str:
    """Which of the panel's faces this visitor sees."""
    if standing.user is None and decision.code == "sign_in":
        return "sign_in"
    if standing.state in ("active", "completed", "paused", "suspended"):
        return standing.state
    if standing.is_waiting or standing.has_offer:
        return _kind_of_wait(standing, now)
    if decision.code == "already_pending":
        return "asked"
    if standing.teaches:
        return "teaches"
    if decision:
        return _kind_of_way(standing, now)
    if can_wait(standing, decision):
        return "full"
    return "helps" if standing.looks_after else "refused"


def _kind_of_way(standing, now):
    """What somebody may do whom nothing keeps from joining, but perhaps that they have to ask."""
    is_open = standing.enrollment_type != Course.EnrollmentType.APPROVAL
    if not (is_open or standing.is_approved or has_way_in(standing, now)):
        return "ask"
    return "again" if standing.state in REJOINING else "enroll"


def is_invited(standing, now) -> bool:
    """Whether an invitation opens the course to this person."""
    return has_way_in(standing, now) and standing.way.invitation_id is not None


def takes_code(standing) -> bool:
    """Whether a code that somebody was told might let this person in."""
    is_open = standing.enrollment_type == Course.EnrollmentType.OPEN
    return standing.user is not None and not is_open


def _kind_of_wait(standing, now):
    if standing.is_waiting:
        return "waiting"
    if standing.offer_expires_at is None:
        return "promised"
    return "offered" if now < standing.offer_expires_at else "offer_over"


def seats_text(standing) -> str:
    """How many seats are left; "" where they are not limited."""
    if standing.capacity is None:
        return ""
    if standing.free_seats == 0:
        text = ngettext(
            "The only seat is taken", "All %(seats)s seats are taken", standing.capacity
        )
        return text % {"seats": standing.capacity}
    values = {"num": standing.free_seats, "seats": standing.capacity}
    return (
        ngettext(
            "%(num)d of %(seats)d seats left", "%(num)d of %(seats)d seats left", values["num"]
        )
        % values
    )
