"""The outline of a course for those who write it: read in one statement, drawn from prepared pieces.

A course may have hundreds of lessons, and each row has a dozen parts; a template would take longer for them
than everything else on the page.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from content.models import Lesson
from courses.models import Course
from lib.jinja import minutes
from lib.rows import fetch_rows

#: Everything that is not in the trash, in order; a module without lessons has one row without a lesson.
PARTS = """
SELECT m.id AS module_id, m.title AS module_title, m.is_draft AS module_is_draft, m.opens_at AS module_opens_at,
    m.opens_after_days AS module_opens_after_days, m.lesson_order,
    l.id, COALESCE(d.changes->>'title', l.title) AS title, l.is_draft, l.is_preview, l.completion,
    l.duration_minutes, l.opens_at, l.opens_after_days,
    d.lesson_id IS NOT NULL OR COALESCE(i.has_draft, FALSE) AS has_changes, COALESCE(i.item_count, 0) AS item_count
FROM content_module m
LEFT JOIN content_lesson l ON l.module_id = m.id AND l.deleted_at IS NULL
LEFT JOIN content_lessondraft d ON d.lesson_id = l.id
LEFT JOIN (
    SELECT entry.lesson_id, count(*) AS item_count, bool_or(x.item_id IS NOT NULL) AS has_draft
    FROM content_lessonitem entry JOIN content_lesson of_course ON of_course.id = entry.lesson_id
    LEFT JOIN content_itemdraft x ON x.item_id = entry.item_id
    WHERE of_course.course_id = %(course)s GROUP BY entry.lesson_id
) i ON i.lesson_id = l.id
WHERE m.course_id = %(course)s AND m.deleted_at IS NULL
ORDER BY m.position, l.position
"""


class EditedModule(NamedTuple):
    """A module in the editor. `rows` are its lessons as HTML, `label` its title as HTML, `states` its badges."""

    id: UUID
    title: str
    states: Markup
    lesson_count: int
    rows: Markup


class EditedOutline(NamedTuple):
    """All that the editor draws."""

    modules: list[EditedModule]
    lesson_count: int


def read_outline(course: Course) -> EditedOutline:
    """The outline as its authors see it, with drafted titles. One query."""
    draw = _Drawing(course)
    modules: dict[UUID, tuple] = {}
    lesson_count = 0
    for row in fetch_rows(PARTS, {"course": course.pk}):
        lessons = modules.setdefault(row.module_id, (row, []))[1]
        if row.id is not None:
            lesson_count += 1
            lessons.append(draw.lesson(row, lesson_count))
    return EditedOutline(
        [
            EditedModule(
                module_id,
                first.module_title,
                Markup("".join(draw.module_states(first))),
                len(lessons),
                Markup("".join(lessons)),
            )
            for module_id, (first, lessons) in modules.items()
        ],
        lesson_count,
    )


class _Drawing:
    """The pieces that all rows share, in the reader's language."""

    def __init__(self, course):
        self.lessons_url = reverse("content:studio_course", args=[course.slug]) + "lessons/"
        self.parts_url = reverse("content:studio_outline", args=[course.slug]) + "lesson/"
        self.grip, self.up, self.down, self.more = map(
            _icon, ("grip", "arrow-up", "arrow-down", "more")
        )
        self.draft = _badge("draft", "edit", _("Not published"))
        self.changes = _badge("waiting", "hourglass", _("Changes wait"))
        self.preview = _badge("open", "eye", _("Preview"))
        self.empty = _badge("warn", "alert", _("Empty"))
        self.rules = {
            Lesson.Completion.VIEWED: _note("eye", _("complete once opened")),
            Lesson.Completion.TIME: _note("clock", _("complete after some time")),
        }
        self.orders = {
            "sequential": _note("lock", _("one after the other")),
            "free": _note("list", _("in any order")),
        }
        self.durations = {None: ""}

    def lesson(self, row, number):
        """One row. `number` names its elements within the page."""
        row_id, title = str(row.id), escape(row.title)
        return (
            f'<li class="part-row" id="lesson-{row_id}" data-row="{row_id}">'
            f'<input class="form-check-input" type="checkbox" form="rows" name="lesson" value="{row_id}" '
            f'aria-labelledby="say-select t{number}">'
            f'<button class="grip needs-js" type="button" data-grip hidden aria-labelledby="say-move t{number}" '
            f'aria-describedby="say-how">{self.grip}</button>'
            f'<span class="part-title"><a id="t{number}" dir="auto" href="{self.lessons_url}{row_id}/">{title}</a>'
            f'<span class="part-states">{"".join(self._states(row))}{self._duration(row)}</span></span>'
            '<span class="part-tools">'
            f'<button type="submit" form="rows" name="do" value="up:{row_id}" aria-labelledby="say-up t{number}">{self.up}</button>'
            f'<button type="submit" form="rows" name="do" value="down:{row_id}" aria-labelledby="say-down t{number}">{self.down}</button>'
            f'<a href="{self.parts_url}{row_id}/" data-part aria-labelledby="say-more t{number}">{self.more}</a>'
            "</span></li>"
        )

    def _states(self, row) -> Iterator[str]:
        if row.is_draft:
            yield self.draft
        elif row.has_changes:
            yield self.changes
        if not row.item_count:
            yield self.empty
        if row.is_preview:
            yield self.preview
        yield from _release(row.opens_at, row.opens_after_days)
        if rule := self.rules.get(row.completion):
            yield rule

    def module_states(self, row) -> Iterator[str]:
        if row.module_is_draft:
            yield self.draft
        yield from _release(row.module_opens_at, row.module_opens_after_days)
        if order := self.orders.get(row.lesson_order):
            yield order

    def _duration(self, row):
        text = self.durations.get(row.duration_minutes)
        if text is None:
            text = f'<span class="part-note">{escape(minutes(row.duration_minutes))}</span>'
            self.durations[row.duration_minutes] = text
        return text


def _release(opens_at, opens_after_days) -> Iterator[str]:
    if opens_at is not None:
        day = formats.date_format(timezone.localtime(opens_at), "SHORT_DATETIME_FORMAT")
        yield _badge("locked", "calendar", _("Opens %(day)s") % {"day": day})
    elif opens_after_days is not None:
        text = ngettext("Opens after %(num)d day", "Opens after %(num)d days", opens_after_days)
        yield _badge("locked", "calendar", text % {"num": opens_after_days})


@cache
def _icon(name):
    return f'<svg class="icon" aria-hidden="true"><use href="{static("img/icons.svg")}#{name}"></use></svg>'


def _badge(kind, icon, text):
    return f'<span class="badge badge-{kind}">{_icon(icon)}{escape(text)}</span>'


def _note(icon, text):
    return f'<span class="part-note">{_icon(icon)}{escape(text)}</span>'
