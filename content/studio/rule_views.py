"""Setting the rules of a module or lesson: when it opens, in which order, what completes it."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from activity.undo_offer import say_done
from content.models import Lesson, Module
from content.rules import lesson_sentence, module_sentence
from content.services.outline import OutlineRefused, update_lesson, update_module
from content.studio.impact import confirm
from content.studio.rule_forms import LessonRulesForm, ModuleRulesForm
from courses.renames import follow_renames
from courses.studio.access import course_to_edit


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def lesson_rules(request, slug, lesson_id):
    course = course_to_edit(request.user, slug)
    lesson = get_object_or_404(
        Lesson.objects.live().filter(course=course, module__deleted_at__isnull=True), pk=lesson_id
    )
    form = LessonRulesForm(request.POST or None, part=lesson)
    back = reverse("content:studio_lesson", args=[slug, lesson.pk])
    return _rules(request, course, lesson, form, update_lesson, lesson_sentence, back)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def module_rules(request, slug, module_id):
    course = course_to_edit(request.user, slug)
    module = get_object_or_404(Module.objects.live(), course=course, pk=module_id)
    form = ModuleRulesForm(request.POST or None, part=module)
    back = reverse("content:studio_outline", args=[slug])

    def sentence(module):
        return module_sentence(module, is_sequential=course.is_sequential)

    return _rules(request, course, module, form, update_module, sentence, back)


def _rules(request, course, part, form, update, sentence, back):
    """Show the form, or change the rules of `part` at once, after asking where people would feel it."""
    form.cancel_url = back
    before = sentence(part)
    if form.is_valid():
        try:
            answer = confirm(
                request,
                course,
                lambda: update(part, by=request.user, now=request.now, **form.rules),
                title=_("Change the rules of “%(title)s”?") % {"title": part},
                cancel_url=back,
                section="outline",
            )
        except OutlineRefused as refused:
            form.add_error(None, str(refused))
        else:
            if answer is not None:
                return answer
            say_done(request, sentence(part))
            return redirect(back)
    context = {
        "course": course,
        "section": "outline",
        "part": part,
        "sentence": before,
        "form": form,
        "crumbs": [
            (_("Outline"), reverse("content:studio_outline", args=[course.slug])),
            (part, back),
            (_("Rules"), ""),
        ],
    }
    return render(request, "content/studio_rules.html", context)
