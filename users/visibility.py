"""Who sees which part of a profile: one rule for the page, the back office and programs.

The name and the picture are for everyone here: by them people are known on every page.
"""

from collections.abc import Callable
from functools import cached_property

from users.models import Audience, Profile, User
from users.permissions import can_see_accounts

#: What people choose an audience for, with the one it has until they do.
DEFAULTS = {
    "bio": Audience.EVERYONE,
    "job_title": Audience.EVERYONE,
    "company": Audience.EVERYONE,
    "location": Audience.EVERYONE,
    "website": Audience.EVERYONE,
    "phone": Audience.ME,
    "birth_date": Audience.ME,
    "goals": Audience.STAFF,
    "instructor_bio": Audience.EVERYONE,
    "expertise": Audience.EVERYONE,
    "office_hours": Audience.COURSES,
}
#: What staff set, and nobody chooses an audience for.
FIXED = {"student_number": Audience.STAFF, "program": Audience.STAFF}

_sources: list[Callable[[User, User], bool]] = []


def register(source: Callable[[User, User], bool]) -> None:
    """Let a higher floor say whether two people are on one course: `source(viewer, person)`."""
    if source not in _sources:
        _sources.append(source)


def audience_of(field: str, chosen: dict[str, str]) -> Audience:
    """Who sees the field, where `chosen` is `Profile.visibility`."""
    fixed = FIXED.get(field)
    return fixed or Audience(chosen.get(field, DEFAULTS[field]))


class Eyes:
    """What one of an audience sees of a profile: for its owner, who looks as others do."""

    is_owner = False

    def __init__(self, audience: Audience, profile: Profile):
        self.audience, self.profile = audience, profile

    def sees(self, field: str) -> bool:
        """Each audience sees what those before it see."""
        reach = list(Audience)
        shown_to = audience_of(field, self.profile.visibility)
        return reach.index(shown_to) <= reach.index(self.audience)


class Sight:
    """What one person sees of another's profile.

    Asks whether they are on one course only where that decides, and once.
    """

    def __init__(self, viewer, person: User, profile: Profile):
        self.viewer, self.person, self.profile = viewer, person, profile

    @property
    def is_owner(self) -> bool:
        return self.viewer == self.person

    def sees(self, field: str) -> bool:
        """Whether the viewer (anonymous or not) may know what stands in the field."""
        if not self.viewer.is_authenticated:
            return False
        if self.is_owner:
            return True
        match audience_of(field, self.profile.visibility):
            case Audience.EVERYONE:
                return True
            case Audience.COURSES:
                return self._is_staff or self._is_on_a_course_of_theirs
            case Audience.STAFF:
                return self._is_staff
        return False

    @cached_property
    def _is_staff(self):
        return self.viewer.is_staff or can_see_accounts(self.viewer)

    @cached_property
    def _is_on_a_course_of_theirs(self):
        return any(source(self.viewer, self.person) for source in _sources)
