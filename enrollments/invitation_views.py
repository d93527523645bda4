"""Letting people onto a course: invitations, codes and lists of addresses; and coming by them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.undo_offer import say_done
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from enrollments.invitation_forms import AddressesForm, CodeForm, InviteForm, JoinForm
from enrollments.invitation_lists import page_of_addresses, page_of_codes, page_of_invitations
from enrollments.models import Invitation, JoinCode
from enrollments.services import EnrollmentRefused, codes, invitations, preapprovals
from enrollments.ways import proven_addresses
from lib.access import public
from lib.http import client_ip
from lib.pagination import page_url
from users.lockout import MINUTES, LockedOut
from users.models import Permission

# For those who look after a course


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def invitation_list(request, slug):
    """The invitations of a course, and sending more."""
    course = _course(request, slug)
    form = InviteForm(request.POST or None)
    if form.is_valid():
        invited = invitations.invite(
            course, form.cleaned_data["addresses"], by=request.user, now=request.now
        )
        _say_invited(request, invited)
        return redirect("enrollments:invitations", course.slug)
    chosen = _chosen(request.GET, Invitation.STATES)
    page = page_of_invitations(course, chosen, now=request.now, cursor=request.GET.get("cursor"))
    rows = [(row, row.state_at(request.now)) for row in page]
    context = _listed(course, "invitations", form, rows, page, chosen)
    return render(request, "enrollments/invitation_list.html", context)


@require_POST
def invitation_resend(request, slug, invitation_id):
    course = _course(request, slug)
    return _step(request, course, invitations.resend, invitation_id, by=request.user)


@require_POST
def invitation_revoke(request, slug, invitation_id):
    course = _course(request, slug)
    return _step(request, course, invitations.revoke, invitation_id)


def _step(request, course, service, invitation_id, **who):
    try:
        invitation = service(course, invitation_id, now=request.now, **who)
    except Invitation.DoesNotExist as missing:
        raise Http404 from missing
    except invitations.InvitationGone as gone:
        messages.error(request, str(gone))
    else:
        values = {"email": invitation.email}
        if invitation.revoked_at:
            say_done(request, _("The invitation of %(email)s is revoked.") % values)
        else:
            messages.success(request, _("%(email)s gets a new link.") % values)
    return redirect("enrollments:invitations", course.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def code_list(request, slug):
    """The codes of a course, and making one."""
    course = _course(request, slug)
    form = CodeForm(request.POST or None, now=request.now)
    if form.is_valid():
        code = codes.make_code(course.pk, by=request.user, now=request.now, **form.cleaned_data)
        messages.success(request, _("The code is %(code)s.") % {"code": code.shown})
        return redirect("enrollments:codes", course.slug)
    page = page_of_codes(course, cursor=request.GET.get("cursor"))
    rows = [(code, code.is_open(request.now)) for code in page]
    context = _listed(course, "codes", form, rows, page, {})
    return render(request, "enrollments/code_list.html", context)


@require_POST
def code_end(request, slug, code_id):
    course = _course(request, slug)
    try:
        code = codes.end_code(course.pk, code_id, now=request.now)
    except JoinCode.DoesNotExist as missing:
        raise Http404 from missing
    say_done(request, _("The code %(code)s lets nobody in any more.") % {"code": code.shown})
    return redirect("enrollments:codes", course.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def address_list(request, slug):
    """The addresses and domains whose owners come onto a course by themselves, and adding more."""
    course = _course(request, slug)
    form = AddressesForm(request.POST or None)
    if form.is_valid():
        count = preapprovals.add_addresses(
            course.pk, form.cleaned_data["addresses"], by=request.user, now=request.now
        )
        text = ngettext("%(num)d entry added.", "%(num)d entries added.", count)
        say_done(request, text % {"num": count})
        return redirect("enrollments:addresses", course.slug)
    chosen = _chosen(request.GET, {})
    page = page_of_addresses(course, chosen, cursor=request.GET.get("cursor"))
    context = _listed(course, "addresses", form, page.items, page, chosen)
    return render(request, "enrollments/address_list.html", context)


@require_POST
def addresses_remove(request, slug):
    course = _course(request, slug)
    ids = [row_id for text in request.POST.getlist("entry")[:500] if (row_id := _id(text))]
    count = preapprovals.remove_addresses(course.pk, ids)
    if count:
        text = ngettext("%(num)d entry removed.", "%(num)d entries removed.", count)
        say_done(request, text % {"num": count})
    else:
        messages.error(request, _("Tick the entries first."))
    return redirect("enrollments:addresses", course.slug)


def _course(request, slug):
    return course_to_edit(request.user, slug, Permission.ENROLLMENT_MANAGE)


def _say_invited(request, invited):
    if invited.sent:
        count = len(invited.sent)
        text = ngettext("%(num)d invitation sent.", "%(num)d invitations sent.", count)
        messages.success(request, text % {"num": count})
    for text, addresses in (
        (_("Invited already: %(addresses)s"), invited.waiting),
        (_("On the course already: %(addresses)s"), invited.on_course),
    ):
        if addresses:
            shown = ", ".join(addresses[:5]) + (" …" if len(addresses) > 5 else "")
            messages.info(request, text % {"addresses": shown})


def _listed(course, tab, form, rows, page, chosen):
    return {
        "course": course,
        "section": "invitations",
        "tab": tab,
        "form": form,
        "rows": rows,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "states": Invitation.STATES,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }


def _chosen(asked, states):
    state = asked.get("state", "")
    return {"state": state if state in states else "", "q": asked.get("q", "")[:254]}


def _id(text):
    try:
        return UUID(text)
    except ValueError:
        return None


# For those who come


@public
@never_cache
@require_safe
def invitation(request, secret):
    """The link of an invitation's mail: it leads to the course, by way of an account with the invited address."""
    found = invitations.find_by_secret(secret)
    if found is None or not found.course.is_published:
        return render(request, "enrollments/invitation_dead.html", {}, status=410)
    user = request.user
    is_own = user.is_authenticated and user.email == found.email
    state = found.state_at(request.now)
    if is_own and proven_addresses(user) and state in ("waiting", "accepted"):
        return redirect("courses:detail", found.course.slug)
    if state != "waiting":
        context = {"state": state, "course": found.course}
        return render(request, "enrollments/invitation_dead.html", context, status=410)
    context = {"invitation": found, "course": found.course, "is_own": is_own}
    return render(request, "enrollments/invitation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request):
    """Type a code, and be on its course."""
    form = JoinForm(request.POST or None, initial={"code": request.GET.get("code", "")[:40]})
    if form.is_valid():
        try:
            joined = codes.join_by_code(
                form.cleaned_data["code"],
                request.user,
                now=request.now,
                client_ip=client_ip(request),
            )
        except LockedOut:
            text = _("Too many wrong codes. Try again in %(num)d minutes.") % {"num": MINUTES}
            form.add_error("code", text)
        except codes.WrongCode as wrong:
            form.add_error("code", wrong)
        except EnrollmentRefused as refused:
            form.add_error("code", refused.decision.message)
        else:
            return _welcome(request, joined)
    return render(request, "enrollments/join.html", {"nav": "courses", "form": form})


def _welcome(request, joined):
    values = {"course": joined.standing.title}
    slug = joined.standing.slug
    if joined.enrollment is None:
        messages.success(request, _("“%(course)s” is full: you are on the waitlist.") % values)
        return redirect("courses:detail", slug)
    if not joined.enrollment.is_learning:
        return redirect("courses:detail", slug)
    messages.success(request, _("You are on “%(course)s”. Welcome!") % values)
    return redirect("progress:go_on", slug)
