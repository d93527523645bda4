"""The courses that somebody teaches, for their page."""

from django.db.models import Q
from jinja2 import pass_context
from markupsafe import Markup

from courses.listing import price_text
from courses.models import Course, CourseStaff
from courses.pictures import picture_url
from lib import jinja
from lib.pagination import paginate

PER_PAGE = 12
TEMPLATE = "courses/_taught.html"

_SHOWN = (
    "slug",
    "title",
    "summary",
    "thumbnail",
    "difficulty_level",
    "duration_minutes",
    "price",
    "currency",
    "published_at",
)


def published_courses_of(person):
    """Those that anybody may open, of the ones the person owns or helps to teach."""
    helped = CourseStaff.objects.filter(user=person).values("course")
    return Course.objects.live().filter(
        Q(owner=person) | Q(pk__in=helped),
        status=Course.Status.PUBLISHED,
        visibility=Course.Visibility.PUBLIC,
    )


@pass_context
def taught_courses(context, request, person) -> Markup:
    """A page of them, the latest first, "" without any. One query."""
    page = paginate(
        published_courses_of(person).only(*_SHOWN),
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    if not page:
        return Markup("")
    values = {"cards": [_card(course) for course in page], "page": page}
    template = context.environment.get_template(TEMPLATE)
    return Markup(template.render(context.get_all() | values))


def _card(course):
    """The arguments of the component `course_card`."""
    return {
        "title": course.title,
        "href": course.get_absolute_url(),
        "summary": course.summary,
        "level": course.get_difficulty_level_display(),
        "minutes": course.duration_minutes,
        "image_url": picture_url(course.pk, course.thumbnail.name),
        "cover_number": course.pk.int,
        "note": price_text(course.price, course.currency),
    }


def install():
    jinja.register("taught_courses", taught_courses)
