"""The catalogue, the page of a course, and its picture."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe

from courses import catalogue, permissions
from courses.course_page import read_course_page
from courses.models import Course
from courses.pictures import serve_thumbnail
from courses.renames import follow_renames
from courses.review_page import summary_of
from lib.access import public
from lib.guest_pages import same_for_all_guests


@public
@require_safe
@same_for_all_guests
def course_list(request):
    asked = catalogue.Asked(request.GET)
    part = catalogue.results_part(request.user, asked)
    context = {"nav": "courses", "asked": asked, "part": part, "sorts": asked.sorts}
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    template = "courses/_results.html" if is_part else "courses/course_list.html"
    response = render(request, template, context)
    if is_part:
        response["HX-Push-Url"] = asked.url(cursor=asked.cursor)
    patch_vary_headers(response, ["HX-Request"])
    return response


@public
@require_safe
@same_for_all_guests
@follow_renames
def course_detail(request, slug):
    page = read_course_page(slug, request.user)
    if page is None or not permissions.can_view_course(request.user, page.course):
        raise Http404
    course = page.course
    context = {
        "nav": "courses",
        "page": page,
        "course": course,
        "level": course.get_difficulty_level_display(),
        "language": language_name(course.language),
        "can_edit": permissions.can_edit_course(request.user, course),
        "can_see_activity": permissions.can_see_activity(request.user, course),
        "reviews": summary_of(course.pk) if page.review_count else None,
    }
    return render(request, "courses/course_detail.html", context)


@public
@require_safe
def course_picture(request, course_id, version):
    """The picture of a course that the person may see."""
    course = get_object_or_404(Course.objects.visible_to(request.user), pk=course_id)
    return serve_thumbnail(course, version)


def language_name(code):
    """The language's own name in the reader's language; the code itself where Django knows no name."""
    if code in dict(settings.LANGUAGES):
        return dict(settings.LANGUAGES)[code]
    try:
        return get_language_info(code)["name_translated"]
    except KeyError:
        return code
