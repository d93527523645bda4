"""What the page of a person shows, to the one who looks at it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from users.models import Audience, InstructorProfile, Profile, StudentProfile, User
from users.permissions import can_see_email
from users.visibility import Eyes, Sight, audience_of

#: Whose eyes somebody may look at their own page with.
OTHERS = (Audience.EVERYONE, Audience.COURSES, Audience.STAFF)

READ_ALONG = ("profile", "student_profile", "instructor_profile")

#: Fields in the order of the page, by their names in `users.visibility`: attribute, label.
ABOUT = {
    "job_title": ("job_title", _("Works as")),
    "company": ("company", _("At")),
    "location": ("location", _("Lives in")),
    "website": ("website", _("Website")),
    "phone": ("phone", _("Phone")),
    "birth_date": ("birth_date", _("Born")),
}
STUDENT = {
    "goals": ("goals", _("Wants to learn")),
    "program": ("program", _("Program")),
    "student_number": ("student_number", _("Student number")),
}
INSTRUCTOR = {
    "expertise": ("expertise", _("Teaches")),
    "office_hours": ("office_hours", _("Office hours")),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field as the viewer sees it. `audience` says who else does, to its owner alone."""

    name: str
    label: str
    value: Any
    audience: str = ""


def content_of(person: User, *, viewer: User, through: Audience | None = None) -> dict:
    """Values for `users/profile.html`, of a person read with `READ_ALONG`.

    `through` gives what somebody of that audience sees instead of the viewer, nothing that admins alone do.
    One query more at most, where being on one course decides.
    """
    profile = getattr(person, "profile", None) or Profile(user=person)
    sight = Sight(viewer, person, profile) if through is None else Eyes(through, profile)
    teaches = person.role in User.STAFF_ROLES
    studies = person.role == User.Role.STUDENT
    instructor = getattr(person, "instructor_profile", None) or InstructorProfile()
    student = getattr(person, "student_profile", None) or StudentProfile()
    return {
        "bio": _fact(sight, "bio", "", profile.bio),
        "about": _facts(sight, profile, ABOUT),
        "email": person.email if through is None and can_see_email(viewer, person) else "",
        "teaches": teaches,
        "instructor_bio": _fact(sight, "instructor_bio", "", teaches and instructor.bio),
        "as_instructor": _facts(sight, instructor, INSTRUCTOR) if teaches else [],
        "as_student": _facts(sight, student, STUDENT) if studies else [],
    }


def _facts(sight, row, fields):
    facts = [
        _fact(sight, name, label, getattr(row, stored)) for name, (stored, label) in fields.items()
    ]
    return [fact for fact in facts if fact]


def _fact(sight, name, label, value):
    """None where there is nothing to see, or not for this viewer."""
    if not value or not sight.sees(name):
        return None
    audience = audience_of(name, sight.profile.visibility)
    is_told = sight.is_owner and audience != Audience.EVERYONE
    return Fact(name, label, value, audience.label if is_told else "")
