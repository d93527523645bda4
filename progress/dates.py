"""When modules and lessons open to those who learn: dates for the agenda."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda import dates
from agenda.dates import Date, Span
from agenda.notices import OPENING
from content.outline import lessons_url
from content.rules import lesson_opening, opening_of
from enrollments.models import Enrollment
from lib.rows import fetch_rows
from users.time_zones import zone_named

LEARNING = [str(status) for status in Enrollment.LEARNING]

MODULE = dates.declare(
    dates.Kind(
        "module.opens",
        gettext_lazy("Modules open"),
        "outline",
        lambda name: _("The module “%(name)s” opens") % {"name": name},
        OPENING,
    )
)
LESSON = dates.declare(
    dates.Kind(
        "lesson.opens",
        gettext_lazy("Lessons open"),
        "book",
        lambda name: _("“%(name)s” opens") % {"name": name},
        OPENING,
    )
)

#: Whether a part opens near the span. What opens some days after the enrollment does so at a midnight of the person's
#: own, up to a day and an hour before that time of day, and is looked at again by `content.rules`.
NEAR = """(
    {part}.opens_at >= %(since)s AND {part}.opens_at < %(until)s
    OR e.enrolled_at + make_interval(days => {part}.opens_after_days)
        BETWEEN %(since)s::timestamptz - interval '2 hours' AND %(until)s::timestamptz + interval '26 hours'
)"""

SHOWN = "{part}.deleted_at IS NULL AND NOT {part}.is_draft"

#: A lesson that the student of an enrollment has completed.
DONE = """EXISTS (
    SELECT FROM progress_lessonprogress p
    WHERE p.enrollment_id = e.id AND p.lesson_id = l.id AND p.completed_at IS NOT NULL
)"""

PLACES = """
FROM enrollments_enrollment e
JOIN courses_course c ON c.id = e.course_id AND c.deleted_at IS NULL
JOIN users_user u ON u.id = e.student_id AND u.is_active
JOIN content_module m ON m.course_id = c.id AND {shown_module}
"""

OF_PLACE = """e.id AS enrollment_id, e.student_id, e.enrolled_at, u.time_zone, c.title AS course, c.slug,
    m.id AS module_id, m.title AS module, m.opens_at AS module_opens_at,
    m.opens_after_days AS module_opens_after_days"""

# Modules that open near the span and hold a lesson that is not done; and lessons that do, with a date of their own.
OPENINGS = f"""
SELECT {OF_PLACE}, NULL::uuid AS lesson_id, NULL AS lesson, NULL AS lesson_slug, NULL::timestamptz AS opens_at,
    NULL::smallint AS opens_after_days, GREATEST(m.updated_at, e.enrolled_at, c.updated_at) AS changed_at
{PLACES.format(shown_module=SHOWN.format(part="m"))}
WHERE {{people}} AND e.status = ANY(%(states)s) AND {NEAR.format(part="m")} AND EXISTS (
    SELECT FROM content_lesson l WHERE l.module_id = m.id AND {SHOWN.format(part="l")} AND NOT {DONE}
)
UNION ALL
SELECT {OF_PLACE}, l.id, l.title, l.slug, l.opens_at, l.opens_after_days,
    GREATEST(l.updated_at, m.updated_at, e.enrolled_at, c.updated_at)
{PLACES.format(shown_module=SHOWN.format(part="m"))}
JOIN content_lesson l ON l.module_id = m.id AND {SHOWN.format(part="l")}
WHERE {{people}} AND e.status = ANY(%(states)s) AND {NEAR.format(part="l")} AND NOT {DONE}
"""
OF_EVERYBODY = OPENINGS.format(people="TRUE")
OF_SOME = OPENINGS.format(people="e.student_id = ANY(%(people)s)")


class Release(NamedTuple):
    """When a module or a lesson opens, as `content.rules` asks for it."""

    opens_at: datetime | None
    opens_after_days: int | None


def openings(people: Sequence[UUID] | None, span: Span) -> Iterator[Date]:
    """What opens in a span, and is not done already. One query."""
    values = {"since": span.since, "until": span.until, "states": LEARNING}
    if people is not None:
        values["people"] = list(people)
    rows_in = defaultdict(list)
    for row in fetch_rows(OF_EVERYBODY if people is None else OF_SOME, values):
        rows_in[row.time_zone].append(row)
    for name, rows in rows_in.items():
        with timezone.override(zone_named(name) or ZoneInfo(settings.TIME_ZONE)):
            found = [_date_of(row, span) for row in rows]
        yield from (date for date in found if date is not None)


def _date_of(row, span):
    """None outside of the span, and for a lesson that opens with its module."""
    module = Release(row.module_opens_at, row.module_opens_after_days)
    with_module = opening_of(module, enrolled_at=row.enrolled_at)
    if row.lesson_id is None:
        if with_module not in span:
            return None
        return _date(row, MODULE, with_module, row.module_id, row.module, _course_url(row))
    lesson = Release(row.opens_at, row.opens_after_days)
    opens_at = lesson_opening(module, lesson, enrolled_at=row.enrolled_at)
    if opens_at == with_module or opens_at not in span:
        return None
    url = f"{lessons_url(row.slug)}{row.lesson_slug}/"
    return _date(row, LESSON, opens_at, row.lesson_id, row.lesson, url)


def _course_url(row):
    return reverse("courses:detail", args=[row.slug])


def _date(row, kind, at, part_id, name, url):
    return Date(
        person_id=row.student_id,
        kind=kind.code,
        uid=f"{kind.code}.{part_id}.{row.enrollment_id}",
        source=f"{kind.code}:{part_id}",
        at=at,
        name=name,
        course=row.course,
        slug=row.slug,
        url=url,
        changed_at=row.changed_at,
    )
