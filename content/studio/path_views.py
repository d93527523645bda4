"""Learning paths for those who make them: the list, the steps, the words, and publication."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from activity.undo_offer import say_done
from content.models import LearningPath, PathStep
from content.path_checks import find_problems
from content.path_permissions import can_create_path, courses_for_paths
from content.path_refusals import PathRefused
from content.paths_page import picture_url, with_size
from content.services import paths
from content.studio.path_actions import ACTIONS
from content.studio.path_forms import NewPathForm, PathForm, StepForm
from lib.pagination import page_url, paginate
from lib.text import TextRefused, clean_text

PER_PAGE = 25
SUGGESTIONS = 8
SHORTEST_SEARCH = 2  # characters
MAX_SEARCH = 100  # characters

SORTS = {"edited": ("-updated_at", "-id"), "title": ("title", "id")}
SORT_LABELS = {"edited": gettext_lazy("Last edited"), "title": gettext_lazy("By title")}

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def path_list(request):
    """The paths that the person may change."""
    if not can_create_path(request.user):
        raise Http404
    chosen = _chosen(request.GET)
    rows = LearningPath.objects.editable_by(request.user).select_related("author")
    if chosen["q"]:
        rows = rows.filter(title__icontains=chosen["q"])
    if chosen["status"]:
        rows = rows.filter(status=chosen["status"])
    page = paginate(
        with_size(rows),
        order=SORTS[chosen["sort"] or "edited"],
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    context = {
        "nav": "studio",
        "paths": page.items,
        "chosen": chosen,
        "is_filtered": bool(chosen["q"] or chosen["status"]),
        "sorts": SORT_LABELS.items(),
        "states": LearningPath.Status.choices,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "content/path_studio_list.html", context)


@form_methods
def path_new(request):
    if not can_create_path(request.user):
        raise Http404
    form = NewPathForm(request.POST or None)
    if form.is_valid():
        path = paths.create_path(title=form.cleaned_data["title"], by=request.user, now=request.now)
        return redirect("content:studio_path", path.pk)
    return render(request, "content/path_studio_new.html", {"nav": "studio", "form": form})


@form_methods
def path_steps(request, path_id):
    """The steps, and what is still in the way of publication; every change takes effect at once."""
    path = _path(request, path_id)
    form = StepForm(request.POST or None, courses=courses_for_paths(request.user))
    refusal = ""
    if request.method == "POST":
        do, _colon, target = request.POST.get("do", "").partition(":")
        try:
            said = _act(request, path, form, do, target)
        except PathRefused as refused:
            refusal = str(refused)
        else:
            if said:
                say_done(request, said)
                return redirect("content:studio_path", path.pk)
    steps = PathStep.objects.filter(path=path).select_related("course").order_by("position")
    context = _frame(path, "steps") | {
        "steps": list(steps),
        "problems": find_problems(path),
        "form": form if form.is_bound and "course" in request.POST else None,
        "refusal": refusal,
    }
    return render(request, "content/path_studio_steps.html", context)


def _act(request, path, form, do, target):
    """Do what was asked and say so; "" where the form has something to mend."""
    if do == "add":
        if not form.is_valid():
            return ""
        step = paths.add_step(
            path.pk, form.cleaned_data["course"], by=request.user, now=request.now
        )
        return _("“%(course)s” is step %(number)d.") % {
            "course": step.course.title,
            "number": step.position,
        }
    if do not in ACTIONS:
        raise PathRefused(_("Choose what to do."))
    return ACTIONS[do](path, target, request.POST, by=request.user, now=request.now)


@require_safe
def path_courses(request, path_id):
    """Courses for the field of the next step, as options of a list."""
    path = _path(request, path_id)
    text = _clean(request.GET.get("course", ""))
    courses = courses_for_paths(request.user).none()
    if len(text) >= SHORTEST_SEARCH:
        taken = PathStep.objects.filter(path=path).values("course")
        courses = courses_for_paths(request.user).exclude(pk__in=taken)
        courses = courses.filter(title__icontains=text).order_by("title", "id")[:SUGGESTIONS]
    return render(request, "courses/_course_suggestions.html", {"found": courses})


@form_methods
def path_details(request, path_id):
    """The words, the picture, and what must be completed first."""
    path = _path(request, path_id)
    choosable = LearningPath.objects.visible_to(request.user)
    form = PathForm(request.POST or None, request.FILES or None, path=path, choosable=choosable)
    if form.is_valid():
        who = {"by": request.user, "now": request.now}
        try:
            with transaction.atomic():
                paths.update_path(path.pk, **form.words, **who)
                paths.set_path_prerequisites(path.pk, required_ids=form.required_ids, **who)
        except PathRefused as refused:
            form.add_error("more_prerequisites", str(refused))
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            say_done(request, _("Saved."))
            return redirect("content:studio_path_details", path.pk)
    context = _frame(path, "details") | {"form": form, "picture_url": picture_url(path)}
    return render(request, "content/path_studio_details.html", context)


def _frame(path, tab):
    return {"nav": "studio", "path": path, "tab": tab}


def _path(request, path_id):
    return get_object_or_404(LearningPath.objects.editable_by(request.user), pk=path_id)


def _chosen(asked):
    status, sort = asked.get("status", ""), asked.get("sort", "")
    return {
        "q": _clean(asked.get("q", "")),
        "status": status if status in LearningPath.Status.values else "",
        "sort": sort if sort in SORTS else "",
    }


def _clean(text):
    try:
        return clean_text(text[:MAX_SEARCH]).strip()
    except TextRefused:
        return ""
