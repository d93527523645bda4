"""What the content of a course still needs before it is published."""

import re

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from content.models import ContentVersion, Lesson, Module
from courses.models import Course
from courses.preflight import Finding, Level

SHOWN = 5  # lessons named in one finding; the others are counted
_IMAGE_WITHOUT_ALT = re.compile(r'<img [^>]*\balt=""')


def check_outline(course: Course) -> list[Finding]:
    """A published course has a module, and each module something to learn."""
    modules = (
        Module.objects.live()
        .filter(course=course)
        .annotate(lesson_count=Count("lessons", filter=Q(lessons__deleted_at__isnull=True)))
        .order_by("position")
        .values_list("title", "lesson_count")
    )
    if not modules:
        return [Finding(Level.ERROR, "no_module", _("The course has no module yet."))]
    return [
        Finding(
            Level.ERROR,
            "empty_module",
            _("The module “%(title)s” has no lesson.") % {"title": title},
        )
        for title, lesson_count in modules
        if not lesson_count
    ]


def check_lessons(course: Course) -> list[Finding]:
    """Lessons that show nothing."""
    empty = (
        _live_lessons(course)
        .annotate(item_count=Count("items", filter=Q(items__item__deleted_at__isnull=True)))
        .filter(item_count=0)
        .values_list("title", flat=True)
    )
    return _about(empty, "empty_lesson", _("Lessons without any content: %(titles)s."))


def check_images(course: Course) -> list[Finding]:
    """Images that say nothing to those who cannot see them."""
    uses = ContentVersion.objects.filter(
        Q(item__uses__pinned_version=F("pk"))
        | Q(item__uses__pinned_version__isnull=True, item__current_version=F("pk")),
        item__uses__lesson__in=_live_lessons(course).order_by(),
        html__contains="<img ",
    )
    rows = uses.order_by(
        "item__uses__lesson__module__position", "item__uses__lesson__position"
    ).values_list("item__uses__lesson__title", "html")
    titles = dict.fromkeys(
        title for title, html in rows if _IMAGE_WITHOUT_ALT.search(_without_posters(html))
    )
    return _about(
        list(titles), "image_without_alt", _("Images without an alternative text in: %(titles)s.")
    )


def _without_posters(html):
    return "" if html.startswith('<div class="facade"') else html


def _live_lessons(course):
    return (
        Lesson.objects.live()
        .filter(course=course, module__deleted_at__isnull=True)
        .order_by("module__position", "position")
    )


def _about(titles, code, text):
    if not titles:
        return []
    shown = ", ".join(titles[:SHOWN])
    if len(titles) > SHOWN:
        shown = _("%(titles)s and %(count)d more") % {
            "titles": shown,
            "count": len(titles) - SHOWN,
        }
    return [Finding(Level.WARNING, code, text % {"titles": shown})]
