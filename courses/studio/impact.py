"""Asking before a change that people on a course would feel."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from courses import impact
from courses.models import Course

CONFIRMED = "impact_confirmed"
#: Of a form, what belongs to one sending of it.
_OF_ONE_SENDING = frozenset(("csrfmiddlewaretoken", "idempotency_key", CONFIRMED))
#: For a script's request: the question takes the place of the page.
_WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML show:window:top"}


def confirm(
    request: HttpRequest,
    course: Course,
    change: Callable[[], object],
    *,
    title: str,
    cancel_url: str,
    submit_label: str = "",
    section: str = "",
) -> HttpResponse | None:
    """Make a change of a course, or ask first where people would feel it.

    None: `change()` was made, once. Otherwise it was taken back, and the answer is the page to give: it says whom the
    change touches, and sends the same form again with the consent. `title` is the question, such as
    “Unpublish “Git”?”; `section` names the active section of the studio. For views of POST requests whose
    form has passed; what the change raises is raised.
    """
    if request.POST.get(CONFIRMED):
        change()
        return None
    effects = impact.change_unless_felt(course, change, now=request.now)
    if not effects:
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _OF_ONE_SENDING
        for value in values
    ]
    context = {
        "course": Course.objects.get(
            pk=course.pk
        ),  # as it is, whatever the change did to the object
        "section": section,
        "title": title,
        "effects": effects,
        "fields": fields,
        "confirmed": CONFIRMED,
        "cancel_url": cancel_url,
        "submit_label": submit_label or _("Yes, go on"),
    }
    response = render(request, "courses/impact_confirm.html", context)
    if request.headers.get("HX-Request"):
        for name, value in _WHOLE_PAGE.items():
            response[name] = value
    return response
