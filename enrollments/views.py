"""Joining and leaving a course, and who is on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from activity.undo_offer import say_done
from courses.renames import follow_renames
from enrollments import permissions, services
from enrollments.about import facts_of
from enrollments.filters import NARROWING, SEEN, SORT_LABELS, SORTS
from enrollments.forms import StaffActionForm
from enrollments.history import last_steps
from enrollments.models import Enrollment, Section
from enrollments.risk import risk_of
from enrollments.roster import page_of_people
from enrollments.services.expiry import MOVABLE
from enrollments.standing import Standing, standing_of
from lib.pagination import page_url
from tenancy import security


@require_POST
def enroll(request, slug):
    standing = _visible(request, slug)
    try:
        outcome = services.enroll_or_wait(standing, by=request.user, now=request.now)
    except services.EnrollmentRefused as refused:
        messages.error(request, refused.decision.message)
        return redirect("courses:detail", slug)
    if isinstance(outcome, services.Waiting):
        text = _("All seats are taken. You are on the waitlist now, as number %(place)d.")
        messages.success(request, text % {"place": outcome.place})
        return redirect("courses:detail", slug)
    messages.success(request, _("You are on “%(course)s”. Welcome!") % {"course": standing.title})
    return redirect("progress:go_on", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def withdraw(request, slug):
    standing = _on_course(request, slug)
    if request.method == "POST":
        try:
            services.withdraw(standing.enrollment_id, by=request.user, now=request.now)
        except services.UnlawfulChange as refused:
            messages.error(request, str(refused))
            return redirect("courses:detail", slug)
        if standing.state == Enrollment.Status.PENDING:
            text = _("Your request is withdrawn.")
        else:
            text = _("You left “%(course)s”. What you did is kept.") % {"course": standing.title}
        messages.success(request, text)
        return redirect("courses:detail", slug) if standing.is_listed else redirect("home")
    return render(request, "enrollments/enrollment_withdraw.html", {"standing": standing})


@require_POST
def pause(request, slug):
    return _own_step(request, slug, services.pause, _("Your place is kept while you pause."))


@require_POST
def resume(request, slug):
    return _own_step(request, slug, services.resume, _("Welcome back."))


def _own_step(request, slug, service, text):
    standing = _on_course(request, slug)
    try:
        service(standing.enrollment_id, by=request.user, now=request.now)
    except services.UnlawfulChange as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, text)
    return redirect("courses:detail", slug)


@require_safe
@follow_renames
def people(request, slug):
    standing, sections = _people_of(request, slug)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    narrowing = {name: request.GET.get(name, "") for name in NARROWING}
    chosen = narrowing | {"sort": sort}
    page = page_of_people(
        standing.course_id,
        narrowing,
        sort=sort,
        cursor=request.GET.get("cursor"),
        now=request.now,
        sections=sections,
    )
    context = {
        "standing": standing,
        "people": [_shown(row, request.now) for row in page],
        "chosen": chosen,
        "is_filtered": any(narrowing.values()),
        "narrowing": {name: value for name, value in narrowing.items() if value},
        "can_manage": permissions.can_manage_people(standing),
        "sees_all": sections is None,
        "sections": Section.objects.filter(course_id=standing.course_id).order_by("title"),
        "sorts": SORT_LABELS.items(),
        "states": Enrollment.Status.choices,
        "seen_choices": SEEN,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "enrollments/enrollment_people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def person(request, slug, enrollment_id):
    standing, sections = _people_of(request, slug)
    places = Enrollment.objects.filter(course_id=standing.course_id)
    places = places.select_related("student", "course")
    if sections is not None:
        places = places.filter(section_places__section__in=sections)
    enrollment = get_object_or_404(places, pk=enrollment_id)
    can_manage = permissions.can_manage_people(standing)
    if request.method == "POST" and not can_manage:
        raise PermissionDenied
    form = StaffActionForm(request.POST or None, enrollment=enrollment)
    if form.is_valid():
        try:
            form.service(
                enrollment.pk,
                by=request.user,
                now=request.now,
                reason=form.cleaned_data["reason"],
            )
        except services.EnrollmentRefused as refused:
            messages.error(request, refused.decision.message)
        except services.UnlawfulChange as refused:
            messages.error(request, str(refused))
        else:
            say_done(request, _("Done."))
        return redirect("enrollments:person", slug, enrollment_id)
    if enrollment.student_id != request.user.pk:
        security.record_disclosure(
            enrollment.student_id, by=request.user, what="enrollment", course=standing.title
        )
    context = {
        "standing": standing,
        "enrollment": enrollment,
        "form": form,
        "can_manage": can_manage,
        "can_move_end": enrollment.status in MOVABLE,
        "facts": facts_of(enrollment, request.user),
        "steps": last_steps(enrollment),
    }
    return render(request, "enrollments/enrollment_person.html", context)


def _shown(row, now):
    """What the table shows of one person, in its order: plain values, since the table is long."""
    name = f"{row.student__first_name} {row.student__last_name}".strip()
    return (
        row.id,
        name or row.student__username,
        row.student__email,
        row.status,
        int(row.percent),
        _local(row.last_accessed_at),
        _local(row.enrolled_at),
        risk_of(row, now),
    )


def _local(moment):
    return moment and timezone.localtime(moment).isoformat()


def _visible(request, slug) -> Standing:
    """How the person stands to a course that they may see; 404 for any other."""
    standing = standing_of(request.user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    return standing


def _on_course(request, slug) -> Standing:
    """The same for a course that the person is on; 404 for any other."""
    standing = _visible(request, slug)
    if not standing.is_on_it:
        raise Http404
    return standing


def _people_of(request, slug) -> tuple[Standing, list | None]:
    """The same for a course whose people the person may see, and the sections they see alone, None for all.

    403 for those who only see the course.
    """
    standing = standing_of(request.user, slug=slug)
    if standing is not None and permissions.can_see_people(standing) and standing.is_visible:
        return standing, None
    sections = permissions.sections_taught(standing) if standing is not None else []
    if sections and standing.deleted_at is None:
        return standing, sections
    if standing is None or not standing.is_visible:
        raise Http404
    raise PermissionDenied
