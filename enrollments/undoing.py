"""How changes of places on courses are undone: by the step the other way, which the history keeps."""

from django.utils.translation import gettext as _

from activity import undo_registry
from activity.undo_registry import Change, UndoTable, Values
from courses.undoing import lock_courses, rights_by
from enrollments import services
from enrollments.models import (
    Enrollment,
    EnrollmentChange,
    Invitation,
    JoinCode,
    PathEnrollment,
    PreApproval,
    Section,
    SectionMember,
    SectionStaff,
    WaitlistChange,
    WaitlistEntry,
)
from enrollments.states import may_become
from lib.decisions import Reason
from users.models import Permission

enrollment_rights = rights_by(Permission.ENROLLMENT_MANAGE)

#: What follows from a student's work.
DERIVED = frozenset(
    {
        "percent",
        "completed_lesson_count",
        "outline_version",
        "last_lesson_id",
        "total_time_seconds",
        "last_accessed_at",
        "last_activity_at",
        "engagement_score",
    }
)
#: Times that a step would set anew; they go back to what they were.
TIMES = ("enrolled_at", "completed_at", "expires_at")


def check_step(user, change: Change, values: Values) -> Reason | None:
    """Whether the table of states has the step the other way."""
    wanted = _former_status(change)
    present = values.get("status")
    if wanted is None or present is None or wanted == present or may_become(present, wanted):
        return None
    return Reason("unlawful", str(services.UnlawfulChange(present, wanted)))


def _former_status(change):
    if change.operation == "INSERT":
        return Enrollment.Status.WITHDRAWN
    return (change.before or {}).get("status")


def step_back(change: Change, values: Values, *, by, now) -> bool:
    """Give a place the state that it had; a new place is left again, for its record stays."""
    wanted = _former_status(change)
    if change.operation == "DELETE" or wanted is None:
        return False
    former = {name: values[name] for name in TIMES}
    if change.operation == "UPDATE":
        former |= {name: value for name, value in change.before.items() if name not in DERIVED}
    former.pop("status", None)
    fields = {
        field.attname: field.to_python(former[field.column])
        for field in Enrollment._meta.concrete_fields
        if field.column in former
    }
    services.change_state(change.row_id, wanted, by=by, now=now, reason=_("Undone"), **fields)
    return True


undo_registry.register(
    UndoTable(
        model=Enrollment,
        key="course_id",
        rights=enrollment_rights,
        lock=lock_courses,
        title="",
        person="student_id",
        derived=DERIVED,
        check=check_step,
        step=step_back,
        refusals=(services.UnlawfulChange, services.EnrollmentRefused),
    )
)
undo_registry.register_history(EnrollmentChange)
undo_registry.register_history(WaitlistChange)
undo_registry.register_consequence(PathEnrollment)
undo_registry.register_consequence(WaitlistEntry)
for model, title in ((PreApproval, "value"), (Invitation, "email"), (JoinCode, "code")):
    undo_registry.register(
        UndoTable(
            model=model,
            key="course_id",
            rights=enrollment_rights,
            lock=lock_courses,
            title=title,
            derived=frozenset({"used_count"} if model is JoinCode else ()),
        )
    )
undo_registry.register_consequence(SectionMember)
undo_registry.register_consequence(SectionStaff)
undo_registry.register(
    UndoTable(
        model=Section,
        key="course_id",
        rights=enrollment_rights,
        lock=lock_courses,
        derived=frozenset({"taken"}),
        parts=((SectionStaff, "section_id"), (SectionMember, "section_id")),
    )
)
