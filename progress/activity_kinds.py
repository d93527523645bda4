"""What the activity feeds say about how far people are."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from progress.models import LessonProgress


def tell_progress(before: dict | None, after: dict | None) -> str | None:
    if after is None:
        return None
    if after.get("completed_at"):
        return _("%(who)s completed %(thing)s")
    if before is None:
        return _("%(who)s began %(thing)s")
    if "completed_at" in after:
        return _("%(who)s reopened %(thing)s")
    return None


register(
    Kind(
        LessonProgress,
        _("the lesson “%(name)s”"),
        columns=("lesson_id",),
        courses="""
            SELECT e.course_id FROM progress_lessonprogress p
            JOIN enrollments_enrollment e ON e.id = p.enrollment_id WHERE p.id = %(id)s
        """,
        tells=tell_progress,
        hidden=frozenset({"time_spent_seconds", "view_count", "last_viewed_at", "is_completed"}),
        weight=4,
    )
)
