"""A student's waitlist: answering an offer, on the site or from the mail, and giving up waiting."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.renames import follow_renames
from enrollments import offer_links, services
from enrollments.access import visible_standing
from enrollments.models import WaitlistEntry
from lib.access import public
from tenancy.context import acting_for_everyone

REFUSALS = (services.OfferGone, services.EnrollmentRefused)


@require_POST
def accept(request, slug):
    standing = visible_standing(request.user, slug)
    if standing.waitlist_id is None:
        raise Http404
    try:
        services.accept_offer(standing.waitlist_id, by=request.user, now=request.now)
    except REFUSALS as refused:
        messages.error(request, refusal_text(refused))
        return redirect("courses:detail", slug)
    messages.success(request, _("You are on “%(course)s”. Welcome!") % {"course": standing.title})
    return redirect("progress:go_on", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def leave(request, slug):
    """Give up waiting, or decline the seat that is offered."""
    standing = visible_standing(request.user, slug)
    if standing.waitlist_id is None:
        raise Http404
    if request.method == "POST":
        try:
            services.leave_waitlist(standing.waitlist_id, by=request.user, now=request.now)
        except services.UnlawfulStep:
            messages.error(request, _("You are not on this waitlist any more."))
        else:
            text = _("You left the waitlist of “%(course)s”.") % {"course": standing.title}
            messages.success(request, text)
        return redirect("courses:detail", slug)
    return render(request, "enrollments/waitlist_leave.html", {"standing": standing})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def accept_by_mail(request, token):
    return _answer_by_mail(request, token, services.accept_offer, is_accepting=True)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def decline_by_mail(request, token):
    return _answer_by_mail(request, token, services.decline_offer, is_accepting=False)


def _answer_by_mail(request, token, service, *, is_accepting):
    """One page with one button. The link stands for its student, who need not sign in."""
    with acting_for_everyone():
        try:
            entry, is_last = offer_links.read(token)
        except offer_links.BadLink as error:
            raise Http404 from error
        is_open = (
            is_last
            and entry.state == WaitlistEntry.State.OFFERED
            and not entry.has_run_out(request.now)
        )
        context = {
            "entry": entry,
            "course": entry.course,
            "is_accepting": is_accepting,
            "is_open": is_open,
            "is_done": is_last and entry.state == _answered(is_accepting),
        }
        if request.method == "POST" and is_open:
            try:
                service(entry.pk, by=entry.student, now=request.now)
                context["is_done"] = True
            except REFUSALS as refused:
                context["refusal"] = refusal_text(refused)
    return render(request, "enrollments/offer_answer.html", context)


def _answered(is_accepting):
    """The state to which this answer leads."""
    states = WaitlistEntry.State
    return states.PLACED if is_accepting else states.DECLINED


def refusal_text(refused) -> str:
    """Why a seat cannot be taken any more."""
    if isinstance(refused, services.EnrollmentRefused):
        return refused.decision.message
    return _("This offer is over. You can join the waitlist again.")
