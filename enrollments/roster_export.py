"""The people of a course as a table."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollments.models import Enrollment
from enrollments.risk import risk_of
from enrollments.roster import COLUMNS, NAMES

CSV, XLSX = "csv", "xlsx"
MIME = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def head() -> list[str]:
    """The titles of the columns, in the reader's language."""
    return [
        *(_("First name"), _("Last name"), _("Username"), _("E-mail"), _("State"), _("Progress")),
        *(_("Enrolled"), _("Last seen"), _("Access ends"), _("Completed"), _("At risk")),
    ]


def rows_of(
    people: QuerySet[Enrollment], *, now: datetime
) -> tuple[set[UUID], list[tuple[str, ...]]]:
    """Whom the table is about, and its rows in the order in which people came; times in the reader's zone.

    One query. `people` as `selecting.chosen_people` gives them.
    """
    found = people.order_by("created_at", "id").values_list(
        *COLUMNS, *NAMES, "student_id", "completed_at", named=True
    )
    states = dict(Enrollment.Status.choices)
    students, rows = set(), []
    for row in found.iterator(2_000):
        students.add(row.student_id)
        names = (row.student__first_name, row.student__last_name)
        moments = (row.enrolled_at, row.last_accessed_at, row.expires_at, row.completed_at)
        rows.append(
            (
                *(*names, row.student__username, row.student__email),
                *(str(states[row.status]), str(row.percent)),
                *map(_local, moments),
                risk_of(row, now),
            )
        )
    return students, rows


def _local(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
