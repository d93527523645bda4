"""What is personal in enrollments: that somebody was on a course stays, what was written about them goes."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

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
from tenancy.personal import RECORD_KEPT, Rows, declare, nothing_personal
from users.models import User


def invitations_of(user_id):
    """Those sent to the person's address, and those that the person took up."""
    email = User.objects.filter(pk=user_id).values("email")
    return Invitation.objects.filter(Q(accepted_by=user_id) | Q(email__in=email))


def list_entries_of(user_id):
    """Where the person's address stands on a course's list."""
    return PreApproval.objects.filter(value__in=User.objects.filter(pk=user_id).values("email"))


declare(
    Enrollment,
    heading=_("Enrollments"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=[
        "course",
        "status",
        "created_at",
        "enrolled_at",
        "approval_requested_at",
        "approved_at",
        "approved_by",
        "completed_at",
        "expires_at",
        "percent",
        "completed_lesson_count",
        "last_lesson",
        "total_time_seconds",
        "last_accessed_at",
        "last_activity_at",
        "engagement_score",
    ],
    personal=["request_message", "rejection_reason"],
)
declare(
    EnrollmentChange,
    heading=_("History of my enrollments"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=["enrollment", "from_status", "to_status", "at", "by"],
    personal=["reason"],
)
declare(
    PathEnrollment,
    heading=_("Learning paths I follow"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=["path", "joined_at", "left_at", "completed_at", "percent"],
)
declare(
    WaitlistEntry,
    heading=_("Waitlists"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=[
        "course",
        "state",
        "priority",
        "joined_at",
        "joined_position",
        "offered_at",
        "offer_expires_at",
        "notified_at",
    ],
)
declare(
    WaitlistChange,
    heading=_("History of my waitlists"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=["entry", "course", "from_state", "to_state", "from_priority", "to_priority", "at", "by"],
    personal=["reason"],
)
declare(
    Invitation,
    heading=_("Invitations to courses"),
    find=invitations_of,
    rows=Rows.GO,
    facts=["course", "email", "sent_at", "expires_at", "accepted_at", "revoked_at"],
    impersonal=["secret_hash"],
)
declare(
    PreApproval,
    heading=_("Lists of a course with my address"),
    find=list_entries_of,
    rows=Rows.GO,
    facts=["course", "value", "created_at"],
)
nothing_personal(JoinCode, "code", reason=_("A code is for whoever is told it."))
declare(
    SectionMember,
    heading=_("Sections I am in"),
    person="student_id",
    reason=RECORD_KEPT,
    facts=["section", "enrollment", "created_at"],
)
declare(
    SectionStaff,
    heading=_("Sections I teach"),
    person="user_id",
    reason=RECORD_KEPT,
    facts=["section", "created_at"],
)
nothing_personal(Section, "title", reason=_("A section is about no single person."))
