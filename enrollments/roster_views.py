"""What staff do with many people of a course: write to them, move the end of their access, take the list away."""

import tempfile

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from courses.models import Course
from courses.renames import follow_renames
from enrollments import permissions
from enrollments.roster_export import CSV, MIME, head, rows_of
from enrollments.roster_forms import EndForm, MessageForm
from enrollments.selecting import chosen_people
from enrollments.services import expiry
from enrollments.services.messages import REACHED, send_message
from enrollments.standing import standing_of
from lib.ids import uuid7
from lib.spreadsheets import csv_lines, write_xlsx
from tenancy import security

#: What one request does; more are chosen with the filters, part by part.
MOST_AT_ONCE = 1_000


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def write(request, slug):
    """A message to chosen people; “Show it” changes nothing."""
    standing = _managed(request, slug)
    people = chosen_people(standing.course_id, request.GET, now=request.now)
    reached = people.filter(status__in=REACHED).count()
    form = MessageForm(request.POST or None)
    is_sent = form.is_valid() and "preview" not in request.POST
    if is_sent and reached:
        count = send_message(
            Course.objects.get(pk=standing.course_id),
            people.values_list("pk", flat=True),
            key=form.idempotency_key or uuid7(),
            by=request.user,
            **form.cleaned_data,
        )
        text = ngettext("Written to %(num)d person.", "Written to %(num)d people.", count)
        messages.success(request, text % {"num": count})
        return redirect("enrollments:people", slug)
    context = {
        "standing": standing,
        "form": form,
        "reached": reached,
        "left_out": people.count() - reached,
        "preview": form.cleaned_data if request.method == "POST" and form.is_valid() else None,
        "here": request.get_full_path(),
    }
    return render(request, "enrollments/people_write.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def move_end(request, slug):
    """Another end of access for chosen people, asked for once more with what it does."""
    standing = _managed(request, slug)
    people = chosen_people(standing.course_id, request.GET, now=request.now)
    numbers = expiry.numbers_of(people)
    form = EndForm(request.POST or None, now=request.now)
    asked = form.cleaned_data if form.is_valid() else None
    is_confirmed = asked and request.POST.get("confirmed") == str(asked["ends_at"])
    if is_confirmed and numbers.movable <= MOST_AT_ONCE:
        return _move(request, slug, people, asked)
    context = {
        "standing": standing,
        "form": form,
        "numbers": numbers,
        "too_many": numbers.movable > MOST_AT_ONCE,
        "most": MOST_AT_ONCE,
        "asked": asked,
        "here": request.get_full_path(),
    }
    return render(request, "enrollments/people_end.html", context)


def _move(request, slug, people, asked):
    ids = people.filter(status__in=expiry.MOVABLE).order_by("pk").values_list("pk", flat=True)
    done, refused = expiry.move_ends(
        list(ids), asked["ends_at"], by=request.user, now=request.now, reason=asked["reason"]
    )
    if refused:
        text = ngettext(
            "For %(num)d person no seat is left.", "For %(num)d people no seat is left.", refused
        )
        messages.warning(request, text % {"num": refused})
    text = ngettext(
        "The end of access of %(num)d person is moved.",
        "The end of access of %(num)d people is moved.",
        done,
    )
    say_done(request, text % {"num": done})
    return redirect("enrollments:people", slug)


@never_cache
@require_safe
def export(request, slug, ending):
    """The people that fit the filters, or are chosen, as a file; written into the security log."""
    standing = _visible(request, slug)
    if not permissions.can_see_people(standing):
        raise PermissionDenied
    people = chosen_people(standing.course_id, request.GET, now=request.now)
    students, rows = rows_of(people, now=request.now)
    filters = {name: value for name, value in request.GET.items() if value}
    security.record(
        security.Kind.EXPORTED,
        what="people",
        course=standing.title,
        rows=len(rows),
        filters=filters,
    )
    security.record_disclosures(
        students, by=request.user, what="enrollment", course=standing.title, door="export"
    )
    name = f"{standing.slug}-people.{ending}"
    if ending == CSV:
        answer = HttpResponse("".join(csv_lines(head(), rows)), content_type=MIME[ending])
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    write_xlsx(file, head(), rows, title=standing.title)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=MIME[ending])


def _visible(request, slug):
    standing = standing_of(request.user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    return standing


def _managed(request, slug):
    standing = _visible(request, slug)
    if not permissions.can_manage_people(standing):
        raise PermissionDenied
    return standing
