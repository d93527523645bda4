"""The waitlist of a course for its staff: the queue, the offers, the history, and one person's place."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from enrollments import services, waitlist_pages
from enrollments.models import WaitlistEntry
from enrollments.waitlist_forms import WaitlistStepForm
from enrollments.waitlist_place import place_of
from lib.pagination import page_url
from tenancy import security
from users.models import Permission


@require_safe
@follow_renames
def queue(request, slug):
    course = _course(request, slug)
    chosen, cursor = _chosen(request)
    page, first_place = waitlist_pages.page_of_waiting(course.pk, chosen["q"], cursor=cursor)
    rows = list(page) if first_place is None else list(enumerate(page, start=first_place))
    context = {"rows": rows, "has_places": first_place is not None}
    return _show(request, course, "waiting", page, chosen, context)


@require_safe
@follow_renames
def offers(request, slug):
    course = _course(request, slug)
    chosen, cursor = _chosen(request)
    page = waitlist_pages.page_of_offers(course.pk, chosen["q"], cursor=cursor)
    return _show(request, course, "offers", page, chosen, {"rows": list(page)})


@require_safe
@follow_renames
def history(request, slug):
    course = _course(request, slug)
    chosen, cursor = _chosen(request, "state")
    page = waitlist_pages.page_of_history(course.pk, chosen["q"], chosen["state"], cursor=cursor)
    context = {"rows": list(page), "states": WaitlistEntry.State.choices}
    return _show(request, course, "history", page, chosen, context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def entry(request, slug, entry_id):
    """One person's place, what staff may do about it, and how it came."""
    course = _course(request, slug)
    found = get_object_or_404(
        WaitlistEntry.objects.select_related("student"), pk=entry_id, course=course
    )
    form = WaitlistStepForm(request.POST or None, entry=found)
    if form.is_valid():
        try:
            form.service(
                found.pk, by=request.user, now=request.now, reason=form.cleaned_data["reason"]
            )
        except services.EnrollmentRefused as refused:
            messages.error(request, refused.decision.message)
        except services.UnlawfulStep as refused:
            text = _("This is not possible any more. The state is: %(state)s.")
            messages.error(request, text % {"state": refused.state.label})
        else:
            messages.success(request, _("Done."))
        return redirect("enrollments:waitlist_entry", slug, entry_id)
    security.record_disclosure(
        found.student_id, by=request.user, what="waitlist", course=course.title
    )
    context = {
        "nav": "studio",
        "section": "waitlist",
        "course": course,
        "entry": found,
        "place": place_of(found.pk, now=request.now) if found.state == "waiting" else None,
        "form": form,
        "changes": found.changes.select_related("by").order_by("-id")[:100],
    }
    return render(request, "enrollments/waitlist_entry.html", context)


def _course(request, slug):
    return course_to_edit(request.user, slug, Permission.ENROLLMENT_MANAGE)


def _chosen(request, *names):
    """What the address narrows the list by, and the place in it."""
    chosen = {name: request.GET.get(name, "")[:200] for name in ("q", *names)}
    return chosen, request.GET.get("cursor")


def _show(request, course, tab, page, chosen, context):
    context |= {
        "nav": "studio",
        "section": "waitlist",
        "course": course,
        "tab": tab,
        "counts": waitlist_pages.counts_of(course.pk),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "enrollments/waitlist.html", context)
