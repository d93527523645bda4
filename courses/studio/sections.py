"""The sections of a course in the studio: a list that every app adds its own to in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses import permissions
from courses.models import Course
from lib import jinja
from users.models import Permission


class Group(TextChoices):
    """The headings under which the sections stand, in their order."""

    TOP = "top", ""
    CONTENT = "content", _("Content")
    PUBLISHING = "publishing", _("Publishing")
    PEOPLE = "people", _("People")
    COURSE = "course", _("Course")


@dataclass(frozen=True, slots=True)
class Section:
    """A page of a course beside others: its label (lazy), icon, group, place in it, and who is shown it.

    `url` gives its address for a course; `needs` are permissions of which one is enough.
    """

    name: str
    label: str
    icon: str
    group: Group
    place: int
    needs: frozenset[Permission]
    url: Callable[[Course], str]


class Shown(NamedTuple):
    """A section as the frame lists it."""

    name: str
    label: str
    icon: str
    url: str


class ShownGroup(NamedTuple):
    """Some sections under their heading, which is "" for the first ones."""

    name: str
    label: str
    sections: list[Shown]


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Add a section. ValueError if another one has the name."""
    if _sections.get(section.name, section) != section:
        raise ValueError(f"There is another section {section.name!r}.")
    _sections[section.name] = section


def by_slug(url_name: str) -> Callable[[Course], str]:
    """The address of a page whose only argument is the course's short name."""
    return lambda course: reverse(url_name, args=[course.slug])


def sections_for(user, course: Course) -> list[ShownGroup]:
    """What this person finds beside the work on a course, in order, without empty groups. Two queries at most."""
    held = permissions.held_on(user, course)
    seen = [each for each in _sections.values() if not held.isdisjoint(each.needs)]
    seen.sort(key=lambda section: section.place)
    groups = [
        ShownGroup(
            group.value, str(group.label), [_shown(x, course) for x in seen if x.group == group]
        )
        for group in Group
    ]
    return [group for group in groups if group.sections]


def _shown(section, course):
    return Shown(section.name, str(section.label), section.icon, section.url(course))


REVIEWS = Section(
    "reviews",
    _("Reviews"),
    "star",
    Group.PEOPLE,
    60,
    frozenset({Permission.COURSE_EDIT}),
    by_slug("courses:studio_reviews"),
)


def install():
    register(REVIEWS)
    jinja.register("studio_sections", sections_for)
