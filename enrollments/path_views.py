"""Joining and leaving a learning path, and how its people get on."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from content.models import LearningPath
from enrollments import paths
from enrollments.path_numbers import read_numbers


@require_POST
def join(request, slug):
    path = _visible(request, slug)
    try:
        paths.join_path(path.pk, request.user, now=request.now)
    except paths.PathRefused as refused:
        messages.error(request, refused.decision.message)
    else:
        text = _("You follow “%(path)s” now. What you have completed already counts.")
        messages.success(request, text % {"path": path.title})
    return redirect(path)


@require_POST
def leave(request, slug):
    path = _visible(request, slug)
    paths.leave_path(path.pk, request.user, now=request.now)
    text = _("You left “%(path)s”. Your courses and what you did there stay.")
    messages.success(request, text % {"path": path.title})
    return redirect(path)


@require_safe
def numbers(request, path_id):
    """Where people are, and where they stop."""
    path = get_object_or_404(LearningPath.objects.editable_by(request.user), pk=path_id)
    context = {"nav": "studio", "path": path, "tab": "numbers", "numbers": read_numbers(path)}
    return render(request, "enrollments/path_numbers.html", context)


def _visible(request, slug):
    return get_object_or_404(LearningPath.objects.visible_to(request.user), slug=slug)
