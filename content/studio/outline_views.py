"""The outline editor: modules and lessons of a course, in place or by plain forms."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from content.models import Lesson, LessonDraft, Module
from content.studio.impact import confirm
from content.studio.outline_actions import REFUSALS, Asked
from content.studio.outline_rows import read_outline
from courses import permissions
from courses.renames import follow_renames
from courses.studio.access import course_to_edit

TRASH_SHOWN = 20  # of the course's own; the page of the trash has them all
PARTS = {"module": Module, "lesson": Lesson}


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def outline(request, slug):
    """The outline, and each change of it."""
    course = course_to_edit(request.user, slug)
    if request.method == "POST":
        return _change(request, course)
    context = {
        "course": course,
        "section": "outline",
        "outline": read_outline(course, csrf_input=csrf_input(request)),
        "trash": _trash_of(course),
        "may_publish": permissions.can_publish_course(request.user, course),
    }
    return render(request, "content/studio_outline.html", context)


@require_safe
@follow_renames
def part(request, slug, kind, part_id):
    """What one can do with a module or a lesson; the editor shows it in a dialog."""
    course = course_to_edit(request.user, slug)
    if kind not in PARTS:
        raise Http404
    found = get_object_or_404(PARTS[kind].objects.live(), course=course, pk=part_id)
    draft = LessonDraft.objects.filter(lesson=found).first() if kind == "lesson" else None
    context = {
        "course": course,
        "section": "outline",
        "kind": kind,
        "part": found,
        "title": draft.changes.get("title", found.title) if draft else found.title,
        "revision": draft.revision if draft else 0,
        "modules": Module.objects.live().filter(course=course).order_by("position"),
        "may_publish": permissions.can_publish_course(request.user, course),
        "crumbs": [(_("Outline"), reverse("content:studio_outline", args=[slug])), (found, "")],
    }
    return render(request, "content/studio_part.html", context)


def _change(request, course):
    here = reverse("content:studio_outline", args=[course.slug])
    asked, done = Asked(request, course), []
    if asked.action is None:
        return redirect(here)

    def change():
        done.append(asked.action.run(asked))

    try:
        if asked.action.is_felt and course.is_published:
            question = confirm(
                request,
                course,
                change,
                title=_("Change “%(course)s”?") % {"course": course},
                cancel_url=here,
                section="outline",
            )
            if question is not None:
                return question
        else:
            change()
    except REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        say_done(request, done[0])
    return redirect(here)


def _trash_of(course):
    """What was thrown away last: pairs of kind and part. Lessons that went with their module come back with it."""
    lessons = Lesson.objects.filter(
        course=course, deleted_at__isnull=False, module__deleted_at__isnull=True
    )
    modules = Module.objects.filter(course=course, deleted_at__isnull=False)
    found = [
        *(("lesson", lesson) for lesson in lessons.order_by("-deleted_at", "-id")[:TRASH_SHOWN]),
        *(("module", module) for module in modules.order_by("-deleted_at", "-id")[:TRASH_SHOWN]),
    ]
    return sorted(found, key=lambda pair: pair[1].deleted_at, reverse=True)[:TRASH_SHOWN]
