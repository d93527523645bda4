"""The one right button on a course's page, with its reason."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from jinja2 import pass_context
from markupsafe import Markup

from enrollments.decisions import can_wait, decide
from enrollments.permissions import can_see_people
from enrollments.standing import standing_here
from enrollments.waitlist_place import place_of

TEMPLATE = "enrollments/_panel.html"
FEW_SEATS = 5  # from here on the page says that it is urgent


@pass_context
def enroll_panel(context, request, course) -> Markup:
    """For templates: what this visitor may do with the course. One query, two for somebody who waits for a seat.

    For guests it holds nothing about the visitor, so that the page can be kept for all of them.
    """
    standing = standing_here(request, course.pk)
    now = getattr(request, "now", None) or timezone.now()
    decision = decide(standing, now=now)
    template = context.environment.get_template(TEMPLATE)
    values = context.get_all() | {
        "standing": standing,
        "decision": decision,
        "kind": kind_of(standing, decision, now),
        "place": place_of(standing.waitlist_id, now=now) if standing.is_waiting else None,
        "sees_people": can_see_people(standing),
        "seats": seats_text(standing),
    }
    return Markup(template.render(values))


def kind_of(standing, decision, now) -> str:
    """Which of the panel's faces this visitor sees."""
    if standing.user is None and decision.code == "sign_in":
        return "sign_in"
    if standing.state in ("active", "completed", "paused", "suspended", "pending"):
        return standing.state
    if standing.is_waiting or standing.has_offer:
        return _kind_of_wait(standing, now)
    if standing.teaches:
        return "teaches"
    if decision:
        return "again" if standing.enrollment_id else "enroll"
    if can_wait(standing, decision):
        return "full"
    return "helps" if standing.looks_after else "refused"


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
        return _("All %(seats)s seats are taken") % {"seats": standing.capacity}
    values = {"num": standing.free_seats, "seats": standing.capacity}
    return (
        ngettext(
            "%(num)d of %(seats)d seats left", "%(num)d of %(seats)d seats left", values["num"]
        )
        % values
    )
