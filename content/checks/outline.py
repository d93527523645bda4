"""A course has modules, a module lessons, a lesson something to learn."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from content.checks.reading import ReadCourse
from courses.preflight import Finding, Level


def check_outline(content: ReadCourse) -> Iterator[Finding]:
    """What students would find empty."""
    if not content.modules:
        text = _("The course has no module yet.")
        yield content.about_course(Level.ERROR, "no_module", text)
    for module in content.modules:
        if not module.lessons:
            text = _("The module “%(title)s” has no lesson.") % {"title": module.title}
            level = Level.WARNING if module.row.is_draft else Level.ERROR
            yield content.about_module(level, "empty_module", text, module)
    if content.course.is_published and _is_hidden(content.lessons):
        text = _("Students see no lesson: none is published.")
        yield content.about_course(Level.ERROR, "nothing_shown", text)
    for module in content.modules:
        for lesson in module.lessons:
            if not lesson.items:
                text = _("The lesson “%(title)s” is empty.") % {"title": lesson.title}
                yield content.about_lesson(Level.WARNING, "empty_lesson", text, lesson)


def check_items(content: ReadCourse) -> Iterator[Finding]:
    """Items that say nothing, or cannot be shown as they are drafted."""
    for item in content.items:
        names = {"title": item.title, "lesson": item.lesson.title}
        if item.refusal:
            text = _("“%(title)s” in “%(lesson)s” is not finished: %(reason)s")
            text %= names | {"reason": item.refusal}
            yield content.about_item(Level.ERROR, "unfinished_item", text, item)
        elif item.is_unwritten or (item.is_draft and not item.html.strip()):
            text = _("“%(title)s” in “%(lesson)s” says nothing yet.") % names
            yield content.about_item(Level.WARNING, "empty_item", text, item)


def _is_hidden(lessons):
    return bool(lessons) and all(lesson.is_waiting for lesson in lessons)
