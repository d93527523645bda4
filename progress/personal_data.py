"""What is personal in progress: numbers of a student's work, which stay on record."""

from django.utils.translation import gettext_lazy as _

from progress.models import LessonProgress, ModuleProgress, PreviewWork
from tenancy.personal import RECORD_KEPT, Rows, declare

declare(
    LessonProgress,
    heading=_("Work on lessons"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=[
        "lesson",
        "started_at",
        "completed_at",
        "completion_method",
        "time_spent_seconds",
        "view_count",
        "last_viewed_at",
    ],
)
declare(
    ModuleProgress,
    heading=_("Work on modules"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=["module", "lesson_count", "completed_lesson_count"],
)
declare(
    PreviewWork,
    heading=_("Previews read"),
    person="student_id",
    rows=Rows.GO,
    facts=["lesson", "started_at", "completed_at", "time_spent_seconds", "last_viewed_at"],
)
