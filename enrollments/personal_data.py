"""What is personal in enrollments: that somebody was on a course stays, what was written about them goes."""

from django.utils.translation import gettext_lazy as _

from enrollments.models import (
    Enrollment,
    EnrollmentChange,
    PathEnrollment,
    WaitlistChange,
    WaitlistEntry,
)
from tenancy.personal import RECORD_KEPT, declare

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
    personal=["rejection_reason"],
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
