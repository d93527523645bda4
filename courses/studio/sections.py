"""The sections of a course in the studio: a list that every app adds its own to in `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses import permissions
from courses.models import Course
from lib import jinja
from users.models import Permission


@dataclass(frozen=True, slots=True)
class Section:
    """A page of a course beside others: its label (lazy), icon, place in the list, and who is shown it.

    `url` gives its address for a course; `needs` are permissions of which one is enough.
    """

    name: str
    label: str
    icon: str
    place: int
    needs: frozenset[Permission]
    url: Callable[[Course], str]


class Shown(NamedTuple):
    """A section as the frame lists it."""

    name: str
    label: str
    icon: str
    url: str


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Add a section. ValueError if another one has the name."""
    if _sections.get(section.name, section) != section:
        raise ValueError(f"There is another section {section.name!r}.")
    _sections[section.name] = section


def by_slug(url_name: str) -> Callable[[Course], str]:
    """The address of a page whose only argument is the course's short name."""
    return lambda course: reverse(url_name, args=[course.slug])


def sections_for(user, course: Course) -> list[Shown]:
    """What this person finds beside the work on a course, in order. Two queries at most."""
    held = permissions.held_on(user, course)
    return [
        Shown(section.name, str(section.label), section.icon, section.url(course))
        for section in sorted(_sections.values(), key=lambda section: section.place)
        if not held.isdisjoint(section.needs)
    ]


REVIEWS = Section(
    "reviews",
    _("Reviews"),
    "star",
    100,
    frozenset({Permission.COURSE_EDIT}),
    by_slug("courses:studio_reviews"),
)


def install():
    register(REVIEWS)
    jinja.register("studio_sections", sections_for)
