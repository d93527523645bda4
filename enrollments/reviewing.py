"""Reviews come from those who learned: how far somebody must be on a course before they may review it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from enrollments.models import Enrollment
from enrollments.standing import Standing, standing_here, standing_of
from lib.decisions import Reason

ENOUGH = 20  #: percent of a course after which one can say something about it


def objection_to_review(user, course_id) -> Reason | None:
    """What speaks against a review by this person (anonymous or not). One query."""
    return objection_of(standing_of(user, course_id))


def may_review(request, course) -> bool:
    """For templates: whether this page's visitor may review its course. No query beside the page's own."""
    return objection_of(standing_here(request, course.pk)) is None


def objection_of(standing: Standing) -> Reason | None:
    """The same on a standing that was read already. Who learned enough may, also after leaving."""
    if standing.user is None:
        here = reverse("courses:review", args=[standing.slug])
        url = f"{reverse('account_login')}?next={here}"
        return Reason("sign_in", _("Sign in to write a review."), url, _("Sign in"))
    if standing.looks_after:
        return Reason(
            "looks_after", _("You look after this course. Reviews come from those who learn.")
        )
    if standing.state is None:
        return Reason("not_on_it", _("Reviews come from those who learned on the course."))
    if standing.state == Enrollment.Status.SUSPENDED:
        return Reason("suspended", _("Your place on this course is suspended."))
    if standing.state == Enrollment.Status.COMPLETED or standing.percent >= ENOUGH:
        return None
    text = _("You can review the course once you have done %(enough)s %% of it.")
    return Reason("too_early", text % {"enough": ENOUGH})
