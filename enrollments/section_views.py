"""Sections of a course: listed, made, changed, taken away, and filled with people."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from courses.renames import follow_renames
from enrollments import permissions
from enrollments.models import Enrollment, Section
from enrollments.roster_views import MOST_AT_ONCE
from enrollments.section_forms import PlacingForm, SectionForm
from enrollments.selecting import chosen_people
from enrollments.services.sections import (
    delete_section,
    put_in_section,
    save_section,
    take_out_of_sections,
)
from enrollments.standing import standing_of


@require_safe
@follow_renames
def sections(request, slug):
    standing = _managed(request, slug)
    found = Section.objects.filter(course_id=standing.course_id).prefetch_related("staff__user")
    context = {"standing": standing, "sections": found.order_by("starts_at", "title")}
    return render(request, "enrollments/section_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def section_new(request, slug):
    standing = _managed(request, slug)
    return _edit(request, standing, Section(course_id=standing.course_id))


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def section_edit(request, slug, section_id):
    standing = _managed(request, slug)
    return _edit(request, standing, _section(standing, section_id))


def _edit(request, standing, section):
    form = SectionForm(request.POST or None, section=section)
    if form.is_valid():
        try:
            save_section(
                form.filled(),
                staff=form.cleaned_data["teachers"],
                by=request.user,
                now=request.now,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("enrollments:sections", standing.slug)
    is_new = section._state.adding
    context = {"standing": standing, "section": section, "is_new": is_new, "form": form}
    return render(request, "enrollments/section_edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def section_delete(request, slug, section_id):
    standing = _managed(request, slug)
    section = _section(standing, section_id)
    if request.method == "POST":
        delete_section(section, by=request.user, now=request.now)
        text = _("The section “%(title)s” is gone. Its people are still on the course.")
        messages.success(request, text % {"title": section.title})
        return redirect("enrollments:sections", slug)
    context = {"standing": standing, "section": section}
    return render(request, "enrollments/section_delete.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def place(request, slug):
    """Put chosen people into a section, or out of all."""
    standing = _managed(request, slug)
    people = chosen_people(standing.course_id, request.GET, now=request.now)
    people = people.filter(status__in=Enrollment.SEAT_HOLDING)
    found = Section.objects.filter(course_id=standing.course_id)
    form = PlacingForm(request.POST or None, sections=found)
    count = people.count()
    if request.method == "POST" and form.is_valid() and 0 < count <= MOST_AT_ONCE:
        ids = list(people.order_by("pk").values_list("pk", flat=True))
        _place(request, form.cleaned_data["section"], ids)
        return redirect("enrollments:people", slug)
    context = {
        "standing": standing,
        "form": form,
        "count": count,
        "has_sections": found.exists(),
        "too_many": count > MOST_AT_ONCE,
        "most": MOST_AT_ONCE,
    }
    return render(request, "enrollments/people_section.html", context)


def _place(request, section, ids):
    who = {"by": request.user, "now": request.now}
    if section is None:
        count = take_out_of_sections(ids, **who)
        text = ngettext(
            "%(num)d person is in no section now.", "%(num)d people are in no section now.", count
        )
        messages.success(request, text % {"num": count})
        return
    done, refused = put_in_section(section, ids, **who)
    values = {"num": done, "section": section.title}
    text = ngettext(
        "%(num)d person is in “%(section)s” now.", "%(num)d people are in “%(section)s” now.", done
    )
    messages.success(request, text % values)
    if refused:
        text = ngettext(
            "%(num)d person found no seat there.", "%(num)d people found no seat there.", refused
        )
        messages.warning(request, text % {"num": refused})


def _section(standing, section_id):
    return get_object_or_404(Section, pk=section_id, course_id=standing.course_id)


def _managed(request, slug):
    standing = standing_of(request.user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    if not permissions.can_manage_people(standing):
        raise PermissionDenied
    return standing
