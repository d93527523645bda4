"""Who is on which course, who waits for one, and who follows which learning path."""

from enrollments.models.enrollment import SEE_PEOPLE, Enrollment, EnrollmentChange
from enrollments.models.path import PathEnrollment
from enrollments.models.section import Section, SectionMember, SectionStaff
from enrollments.models.waitlist import WaitlistChange, WaitlistEntry
from enrollments.models.ways import Invitation, JoinCode, PreApproval

__all__ = [
    "SEE_PEOPLE",
    "Enrollment",
    "EnrollmentChange",
    "Invitation",
    "JoinCode",
    "PathEnrollment",
    "PreApproval",
    "Section",
    "SectionMember",
    "SectionStaff",
    "WaitlistChange",
    "WaitlistEntry",
]
