"""Sending in a table of people of a course."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bulk.kinds import kind_named
from bulk.views import context_for, receive_from
from courses.renames import follow_renames
from enrollments.bulk_forms import PeopleTableForm
from enrollments.bulk_people import PeopleKind
from enrollments.permissions import can_manage_people, can_place_anybody
from enrollments.standing import standing_of


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def people_table(request, slug):
    """What follows from each row is shown before anything is done."""
    standing = standing_of(request.user, slug=slug)
    if standing is None or not can_manage_people(standing):
        raise Http404
    kind = kind_named(PeopleKind.name)
    form = PeopleTableForm(request.POST or None, request.FILES or None, user=request.user)
    if form.is_valid():
        options = {
            "action": form.cleaned_data["action"],
            "makes_accounts": form.cleaned_data.get("makes_accounts", False),
        }
        upload = receive_from(form, kind, standing.course_id, options, request)
        if upload is not None:
            return redirect("bulk:upload", upload.pk)
    context = context_for(form, kind, standing.course_id, request.user)
    context |= {"standing": standing, "may_choose": can_place_anybody(request.user)}
    return render(request, "enrollments/bulk_people.html", context)
