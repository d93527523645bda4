"""The rules of a course, and what becomes of the whole of it. Everything takes effect at once."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from courses import permissions, services
from courses.errors import CourseRefused
from courses.models import Course
from courses.renames import follow_renames
from courses.studio.access import course_to_edit
from courses.studio.impact import confirm
from courses.studio.settings_forms import SettingsForm
from lib.text import TextRefused, clean_text

SUGGESTIONS = 8
SHORTEST_SEARCH = 2  # characters


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def settings(request, slug):
    """The form, and below it unpublishing, archiving, the trash and handing over, each for those who may."""
    course = course_to_edit(request.user, slug)
    part = request.POST.get("part") if request.method == "POST" else None
    if part in _WAYS:
        return _go(request, course, part)
    if part == "settings":
        return _save(request, course)
    return _page(request, course, _form(request, course))


@require_safe
def course_suggestions(request, slug):
    """Courses for the field of prerequisites, as options of a list."""
    course = course_to_edit(request.user, slug)
    try:
        text = clean_text(request.GET.get("more_prerequisites", "")[:200]).strip()
    except TextRefused:
        text = ""
    found = Course.objects.none()
    if len(text) >= SHORTEST_SEARCH:
        visible = Course.objects.visible_to(request.user).exclude(pk=course.pk)
        found = visible.filter(title__icontains=text).order_by("title", "id")[:SUGGESTIONS]
    return render(request, "courses/_course_suggestions.html", {"found": found})


def _save(request, course):
    form = _form(request, course, request.POST)
    if not form.is_valid():
        return _page(request, course, form)

    @transaction.atomic
    def change():
        who = {"by": request.user, "now": request.now}
        services.update_course(course.pk, **form.rules, **who)
        services.set_prerequisites(course.pk, required_ids=form.required_ids, **who)

    here = reverse("courses:studio_settings", args=[course.slug])
    try:
        question = confirm(
            request,
            course,
            change,
            title=_("Change the settings?"),
            submit_label=_("Change them"),
            cancel_url=here,
            section="settings",
        )
    except CourseRefused as refused:
        form.add_error("more_prerequisites", str(refused))
    except ValidationError as refused:
        form.add_error(None, refused)
    else:
        if question is not None:
            return question
        say_done(request, _("Saved."))
        return redirect(here)
    return _page(request, course, form)


def _go(request, course, way):
    """Unpublish, archive or throw away, after the question where people would feel it."""
    allowed, service, title, label, done = _WAYS[way]
    if not allowed(request.user, course):
        raise Http404
    here = reverse("courses:studio_settings", args=[course.slug])
    names = {"title": course.title}
    try:
        question = confirm(
            request,
            course,
            lambda: service(course.pk, by=request.user, now=request.now),
            title=title() % names,
            submit_label=label(),
            cancel_url=here,
            section="settings",
        )
    except CourseRefused as refused:
        form = _form(request, course)
        return _page(request, course, form, refusal=str(refused))
    if question is not None:
        return question
    say_done(request, done() % names)
    return redirect("courses:studio") if way == "trash" else redirect(here)


_WAYS = {
    "unpublish": (
        permissions.can_publish_course,
        services.unpublish_course,
        lambda: _("Unpublish “%(title)s”?"),
        lambda: _("Unpublish"),
        lambda: _("“%(title)s” is a draft again."),
    ),
    "archive": (
        permissions.can_publish_course,
        services.archive_course,
        lambda: _("Archive “%(title)s”?"),
        lambda: _("Archive"),
        lambda: _("“%(title)s” is archived."),
    ),
    "trash": (
        permissions.can_trash_course,
        services.trash_course,
        lambda: _("Move “%(title)s” to the trash?"),
        lambda: _("Move to the trash"),
        lambda: _("“%(title)s” is in the trash."),
    ),
}


def _form(request, course, data=None):
    return SettingsForm(
        data,
        course=course,
        choosable=Course.objects.visible_to(request.user),
        suggestions_url=reverse("courses:studio_course_suggestions", args=[course.slug]),
    )


def _page(request, course, form, *, refusal=""):
    context = {
        "course": course,
        "section": "settings",
        "form": form,
        "refusal": refusal,
        "may_publish": permissions.can_publish_course(request.user, course),
        "may_trash": permissions.can_trash_course(request.user, course),
        "may_hand_over": permissions.can_give_course_away(request.user, course),
    }
    return render(request, "courses/studio_settings.html", context)
