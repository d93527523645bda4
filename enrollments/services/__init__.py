"""Every change to who is on which course, and in which state."""

from enrollments.services.places import (
    CourseFull,
    EnrollmentRefused,
    UnlawfulChange,
    bring_back,
    change_state,
    complete,
    enroll,
    enroll_standing,
    lift,
    lock,
    pause,
    place,
    reopen,
    resume,
    suspend,
    withdraw,
)

__all__ = [
    "CourseFull",
    "EnrollmentRefused",
    "UnlawfulChange",
    "bring_back",
    "change_state",
    "complete",
    "enroll",
    "enroll_standing",
    "lift",
    "lock",
    "pause",
    "place",
    "reopen",
    "resume",
    "suspend",
    "withdraw",
]
