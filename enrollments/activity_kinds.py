"""What the activity feeds say about people's places on courses."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
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

Status = Enrollment.Status

_STATES = {
    Status.ACTIVE: _("%(who)s activated %(thing)s"),
    Status.COMPLETED: _("%(who)s completed %(thing)s"),
    Status.PAUSED: _("%(who)s paused %(thing)s"),
    Status.SUSPENDED: _("%(who)s suspended %(thing)s"),
    Status.WITHDRAWN: _("%(who)s withdrew %(thing)s"),
    Status.REJECTED: _("%(who)s rejected %(thing)s"),
}


def tell_state(before: dict | None, after: dict | None) -> str | None:
    if before is None or after is None:
        return None
    return _STATES.get(after.get("status"))


def tell_path(before: dict | None, after: dict | None) -> str | None:
    if after is None:
        return None
    if before is None or ("left_at" in after and after["left_at"] is None):
        return _("%(who)s joined %(thing)s")
    if after.get("left_at"):
        return _("%(who)s left %(thing)s")
    return _("%(who)s completed %(thing)s") if after.get("completed_at") else None


_WAITS = {
    WaitlistEntry.State.WAITING: _("%(who)s joined %(thing)s"),
    WaitlistEntry.State.OFFERED: _("%(who)s offered a seat on %(thing)s"),
    WaitlistEntry.State.PLACED: _("%(who)s took the seat on %(thing)s"),
    WaitlistEntry.State.DECLINED: _("%(who)s declined the seat on %(thing)s"),
    WaitlistEntry.State.LEFT: _("%(who)s left %(thing)s"),
    WaitlistEntry.State.SKIPPED: _("%(who)s skipped %(thing)s"),
}


def tell_wait(before: dict | None, after: dict | None) -> str | None:
    return _WAITS.get((after or {}).get("state"))


def tell_invitation(before: dict | None, after: dict | None) -> str | None:
    if after is None:
        return None
    if before is None or "sent_at" in after:
        return _("%(who)s sent %(thing)s")
    if after.get("revoked_at"):
        return _("%(who)s revoked %(thing)s")
    return _("%(who)s took up %(thing)s") if after.get("accepted_at") else None


def tell_code(before: dict | None, after: dict | None) -> str | None:
    return _("%(who)s ended %(thing)s") if before and after and after.get("ended_at") else None


register(
    Kind(
        Enrollment,
        _("the place of %(name)s"),
        columns=("student_id", "course_id"),
        courses="SELECT course_id FROM enrollments_enrollment WHERE id = %(id)s",
        tells=tell_state,
        hidden=frozenset({"completed_lesson_count", "percent", "outline_version"}),
        weight=8,
    ),
    Kind(
        EnrollmentChange,
        _("the state of the place of %(name)s"),
        columns=("student_id",),
        courses="""
            SELECT e.course_id FROM enrollments_enrollmentchange c
            JOIN enrollments_enrollment e ON e.id = c.enrollment_id WHERE c.id = %(id)s
        """,
        hidden=frozenset({"at", "enrollment_id", "student_id", "by_id"}),
        weight=1,
    ),
    Kind(
        PathEnrollment,
        _("the learning path “%(name)s”"),
        columns=("path_id",),
        tells=tell_path,
        hidden=frozenset({"percent", "joined_at", "student_id"}),
        weight=7,
    ),
    Kind(
        WaitlistEntry,
        _("the waitlist of “%(name)s”"),
        columns=("course_id",),
        courses="SELECT course_id FROM enrollments_waitlistentry WHERE id = %(id)s",
        tells=tell_wait,
        hidden=frozenset({"joined_at", "joined_position", "notified_at", "student_id"}),
        weight=7,
    ),
    Kind(
        WaitlistChange,
        _("the place of %(name)s on a waitlist"),
        columns=("student_id",),
        courses="SELECT course_id FROM enrollments_waitlistchange WHERE id = %(id)s",
        hidden=frozenset({"at", "entry_id", "student_id", "course_id", "by_id"}),
        weight=1,
    ),
    Kind(
        PreApproval,
        _("the entry “%(name)s” of the list of addresses"),
        columns=("value",),
        courses="SELECT course_id FROM enrollments_preapproval WHERE id = %(id)s",
        hidden=frozenset({"course_id", "added_by_id"}),
        weight=6,
    ),
    Kind(
        Invitation,
        _("the invitation of %(name)s"),
        columns=("email",),
        courses="SELECT course_id FROM enrollments_invitation WHERE id = %(id)s",
        tells=tell_invitation,
        hidden=frozenset({"course_id", "secret_hash", "invited_by_id", "accepted_by_id"}),
        weight=6,
    ),
    Kind(
        JoinCode,
        _("the join code %(name)s"),
        columns=("code",),
        courses="SELECT course_id FROM enrollments_joincode WHERE id = %(id)s",
        tells=tell_code,
        hidden=frozenset({"course_id", "made_by_id", "used_count"}),
        weight=6,
    ),
    Kind(
        Section,
        _("the section “%(name)s”"),
        columns=("title",),
        courses="SELECT course_id FROM enrollments_section WHERE id = %(id)s",
        weight=7,
    ),
    Kind(
        SectionStaff,
        _("a teacher of a section"),
        columns=("user_id",),
        courses="""
            SELECT t.course_id FROM enrollments_sectionstaff s
            JOIN enrollments_section t ON t.id = s.section_id WHERE s.id = %(id)s
        """,
        weight=2,
    ),
    Kind(
        SectionMember,
        _("the place of %(name)s in a section"),
        columns=("student_id",),
        courses="""
            SELECT t.course_id FROM enrollments_sectionmember m
            JOIN enrollments_section t ON t.id = m.section_id WHERE m.id = %(id)s
        """,
        hidden=frozenset({"student_id", "enrollment_id"}),
        weight=2,
    ),
)
