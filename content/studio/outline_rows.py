"""The outline of a course for those who write it: read in one statement, drawn from prepared pieces.

A course may have hundreds of lessons, and each row has a dozen parts; a template would take longer for them
than everything else on the page. Buttons have their icons from the stylesheet, and their names from a word of
the page and the title beside them.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import NamedTuple
from uuid import UUID

from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from content.completion import rule_of
from courses.models import Course
from lib.ids import uuid7
from lib.jinja import minutes
from lib.rows import fetch_rows

#: Everything that is not in the trash, in order; a module without lessons has one row without a lesson.
PARTS = """
WITH shown AS MATERIALIZED (
    SELECT entry.lesson_id, count(*) AS item_count, bool_or(x.item_id IS NOT NULL) AS has_draft
    FROM content_lessonitem entry JOIN content_lesson of_course ON of_course.id = entry.lesson_id
    LEFT JOIN content_itemdraft x ON x.item_id = entry.item_id
    WHERE of_course.course_id = %(course)s GROUP BY entry.lesson_id
)
SELECT m.id AS module_id, m.title AS module_title, m.is_draft AS module_is_draft, m.opens_at AS module_opens_at,
    m.opens_after_days AS module_opens_after_days, m.lesson_order,
    l.id, COALESCE(d.changes->>'title', l.title) AS title, l.is_draft, l.is_preview, l.completion, l.completion_seconds,
    l.duration_minutes, l.opens_at, l.opens_after_days,
    d.lesson_id IS NOT NULL OR COALESCE(s.has_draft, FALSE) AS has_changes, COALESCE(s.item_count, 0) AS item_count
FROM content_module m
LEFT JOIN content_lesson l ON l.module_id = m.id AND l.deleted_at IS NULL
LEFT JOIN content_lessondraft d ON d.lesson_id = l.id
LEFT JOIN shown s ON s.lesson_id = l.id
WHERE m.course_id = %(course)s AND m.deleted_at IS NULL
ORDER BY m.position, l.position
"""


class EditedOutline(NamedTuple):
    """The modules by id and title, and all of them drawn, as entries of a list."""

    modules: list[tuple[UUID, str]]
    html: Markup


def read_outline(course: Course, *, csrf_input: str) -> EditedOutline:
    """The outline as its authors see it, with drafted titles. One query."""
    draw = _Drawing(course, csrf_input)
    modules: dict[UUID, tuple] = {}
    number = 0
    for row in fetch_rows(PARTS, {"course": course.pk}):
        lessons = modules.setdefault(row.module_id, (row, []))[1]
        if row.id is not None:
            number += 1
            lessons.append(draw.lesson(row, number))
    html = "".join(
        draw.module(row, place, lessons) for place, (row, lessons) in enumerate(modules.values(), 1)
    )
    return EditedOutline(
        [(pk, row.module_title) for pk, (row, _lessons) in modules.items()], Markup(html)
    )


class _Drawing:
    """The pieces that all rows share, in the reader's language."""

    def __init__(self, course, csrf_input):
        self.here = reverse("content:studio_outline", args=[course.slug])
        self.lessons_url = reverse("content:studio_course", args=[course.slug]) + "lessons/"
        self.draft = _badge("draft", "edit", _("Not published"))
        self.changes = _badge("waiting", "hourglass", _("Changes wait"))
        self.preview = _badge("open", "eye", _("Preview"))
        self.empty = _badge("warn", "alert", _("Empty"))
        self.orders = {
            "sequential": _note("lock", _("one after the other")),
            "free": _note("list", _("in any order")),
        }
        self.rules = {}
        self.durations = {None: ""}
        self.new_lesson = escape(_("New lesson"))
        self.add = _icon("plus") + escape(_("Add lesson"))
        self.add_form = f'<form class="part-add" method="post" action="{self.here}">{csrf_input}'

    def module(self, row, place, lessons):
        """A module with its rows. `place` names its elements within the page."""
        module_id, title = str(row.module_id), escape(row.module_title)
        label = escape(_("Title of a new lesson in “%(module)s”") % {"module": row.module_title})
        return (
            f'<li class="part-module" data-row="{module_id}"><details id="fold-{module_id}" open><summary>'
            f'<span class="part-summary"><span class="part-name" id="m{place}" dir="auto">{title}</span> '
            f'<span class="part-states">{"".join(self._module_states(row))}{_count(len(lessons))}</span></span>'
            f"{_icon('chevron-down')}</summary>"
            f'<ol class="part-lessons" data-list="{module_id}" data-kind="lesson" data-do="move" data-name="{title}">'
            f"{''.join(lessons)}</ol>"
            f'{self.add_form}<input type="hidden" name="idempotency_key" value="{uuid7()}">'
            f'<input class="form-control form-control-sm" id="add-{module_id}" name="title" maxlength="255" required '
            f'autocomplete="off" placeholder="{self.new_lesson}" aria-label="{label}">'
            f'<button class="btn btn-sm btn-secondary" name="do" value="add_lesson:{module_id}">{self.add}</button></form>'
            f"</details>{_grip(f'm{place}')}{self._tools('module', module_id, f'm{place}')}</li>"
        )

    def lesson(self, row, number):
        """One row. `number` names its elements within the page."""
        row_id, name = str(row.id), f"t{number}"
        return (
            f'<li class="part-row" data-row="{row_id}">'
            f'<input class="form-check-input" type="checkbox" form="rows" name="lesson" value="{row_id}" '
            f'aria-labelledby="say-select {name}">{_grip(name)}'
            f'<span class="part-title"><a id="{name}" dir="auto" href="{self.lessons_url}{row_id}/">{escape(row.title)}</a>'
            f'<span class="part-states">{"".join(self._states(row))}{self._duration(row)}</span></span>'
            f"{self._tools('lesson', row_id, name)}</li>"
        )

    def _tools(self, kind, row_id, name):
        prefix = "module_" if kind == "module" else ""
        return (
            f'<span class="part-tools"><button form="rows" name="do" value="{prefix}up:{row_id}" aria-labelledby="say-up {name}">'
            f'</button><button form="rows" name="do" value="{prefix}down:{row_id}" aria-labelledby="say-down {name}"></button>'
            f'<a href="{self.here}{kind}/{row_id}/" data-part aria-labelledby="say-more {name}"></a></span>'
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
        yield self._rule(row)

    def _module_states(self, row) -> Iterator[str]:
        if row.module_is_draft:
            yield self.draft
        yield from _release(row.module_opens_at, row.module_opens_after_days)
        yield self.orders.get(row.lesson_order, "")

    def _rule(self, row):
        """What completes the lesson, "" for the usual."""
        key = row.completion, row.completion_seconds
        if key not in self.rules:
            text = rule_of(row).short(row)
            self.rules[key] = _note("check", text) if text else ""
        return self.rules[key]

    def _duration(self, row):
        if row.duration_minutes not in self.durations:
            self.durations[row.duration_minutes] = _note("clock", minutes(row.duration_minutes))
        return self.durations[row.duration_minutes]


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


def _count(lessons):
    text = ngettext("%(num)d lesson", "%(num)d lessons", lessons) % {"num": lessons}
    return f'<span class="part-note">{escape(text)}</span>'


def _grip(name):
    return (
        f'<button class="grip needs-js" type="button" data-grip hidden aria-labelledby="say-move {name}" '
        'aria-describedby="say-how"></button>'
    )


def _badge(kind, icon, text):
    return f'<span class="badge badge-{kind}">{_icon(icon)}{escape(text)}</span>'


def _note(icon, text):
    return f'<span class="part-note">{_icon(icon)}{escape(text)}</span>'
