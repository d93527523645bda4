"""Learning paths for those who learn: the list, a path's page, and its picture."""

from django.db.models import Q
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from content.models import LearningPath
from content.path_permissions import can_edit_path
from content.paths_page import picture_url, read_steps, with_size
from courses.pictures import serve_thumbnail
from lib.access import public
from lib.guest_pages import same_for_all_guests
from lib.pagination import page_url, paginate
from lib.text import TextRefused, clean_text

PER_PAGE = 24
MAX_SEARCH = 100  # characters

SORTS = {"newest": ("-published_at", "-id"), "title": ("title", "id")}
SORT_LABELS = {"newest": _("Newest first"), "title": _("By title")}
ORDERS = {"ordered": _("Step by step"), "free": _("In any order")}


@public
@require_safe
@same_for_all_guests
def path_list(request):
    """The published paths, found by a part of the title or summary."""
    chosen = _chosen(request.GET)
    paths = LearningPath.objects.listed()
    if chosen["q"]:
        paths = paths.filter(Q(title__icontains=chosen["q"]) | Q(summary__icontains=chosen["q"]))
    if chosen["order"]:
        paths = paths.filter(is_sequential=chosen["order"] == "ordered")
    page = paginate(
        with_size(paths).select_related("author"),
        order=SORTS[chosen["sort"] or "newest"],
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    context = {
        "nav": "paths",
        "cards": [(path, picture_url(path)) for path in page],
        "chosen": chosen,
        "is_filtered": bool(chosen["q"] or chosen["order"]),
        "sorts": SORT_LABELS.items(),
        "orders": ORDERS.items(),
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "content/path_list.html", context)


def _chosen(asked):
    try:
        text = clean_text(asked.get("q", "")[:MAX_SEARCH]).strip()
    except TextRefused:
        text = ""
    order, sort = asked.get("order", ""), asked.get("sort", "")
    return {
        "q": text,
        "order": order if order in ORDERS else "",
        "sort": sort if sort in SORTS else "",
    }


@public
@require_safe
@same_for_all_guests
def path_detail(request, slug):
    paths = LearningPath.objects.visible_to(request.user).select_related("author")
    path = get_object_or_404(paths, slug=slug)
    steps = read_steps(path, request.user)
    context = {
        "nav": "paths",
        "path": path,
        "steps": steps,
        "minutes": sum(step.minutes or 0 for step in steps),
        "picture_url": picture_url(path),
        "can_edit": can_edit_path(request.user, path),
    }
    return render(request, "content/path_detail.html", context)


@public
@require_safe
def path_picture(request, path_id, version):
    """The picture of a path that the person may see."""
    path = get_object_or_404(LearningPath.objects.visible_to(request.user), pk=path_id)
    return serve_thumbnail(path, version)
