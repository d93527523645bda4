"""The courses that somebody works on, and beginning another."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from courses import permissions, services
from courses.models import Course, Subject
from courses.studio.course_filters import SORT_LABELS, SORTS, CourseFilter
from courses.studio.course_forms import NewCourseForm
from courses.studio.waiting import waiting_changes
from lib.pagination import page_url, paginate
from users.models import Permission
from users.permissions import holds

PER_PAGE = 25


@require_safe
def course_list(request):
    """Every course that the person may edit, with its state at a glance."""
    courses = Course.objects.editable_by(request.user)
    can_create = permissions.can_create_course(request.user)
    if not can_create and not courses.exists():
        raise Http404
    chosen = _chosen(request.GET)
    runs_all = holds(request.user, Permission.COURSE_EDIT)
    if runs_all and chosen["whose"] == "mine":
        courses = courses.filter(owner=request.user)
    narrowed = CourseFilter(chosen, queryset=courses.select_related("seats", "owner")).qs
    page = paginate(
        narrowed, order=SORTS[chosen["sort"]], cursor=request.GET.get("cursor"), size=PER_PAGE
    )
    context = {
        "nav": "studio",
        "courses": page.items,
        "waiting": waiting_changes([course.pk for course in page]),
        "chosen": chosen,
        "is_filtered": any(chosen[name] for name in ("status", "q", "whose")),
        "can_create": can_create,
        "runs_all": runs_all,
        "sorts": SORT_LABELS.items(),
        "states": Course.Status.choices,
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "courses/studio_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def course_new(request):
    """Begin a course: a title and a subject, and on to its outline."""
    if not permissions.can_create_course(request.user):
        raise Http404
    form = NewCourseForm(request.POST or None)
    if form.is_valid():
        course = services.create_course(**form.cleaned_data, by=request.user, now=request.now)
        return redirect("content:studio_outline", course.slug)
    context = {"nav": "studio", "form": form, "has_subjects": Subject.objects.exists()}
    return render(request, "courses/studio_new.html", context)


def _chosen(asked):
    sort = asked.get("sort", "")
    return {
        "status": asked.get("status", ""),
        "q": asked.get("q", ""),
        "whose": "mine" if asked.get("whose") == "mine" else "",
        "sort": sort if sort in SORTS else "edited",
    }
