"""What belongs to somebody's place on a course, for the page about it; the floors above add what is theirs."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from enrollments.models import Enrollment, SectionMember


class Fact(NamedTuple):
    """One line about a place: what it is, what there is to say, and where more is told, if anywhere."""

    label: str
    text: str
    url: str = ""


Teller = Callable[[Enrollment, object], Iterable[Fact]]
_tellers: list[Teller] = []


def register(teller: Teller) -> None:
    """Let a floor above tell of a place: `teller(enrollment, viewer)`, with one query at most."""
    if teller not in _tellers:
        _tellers.append(teller)


def facts_of(enrollment: Enrollment, viewer) -> list[Fact]:
    """What there is to tell `viewer`, one of the staff, of somebody's place. One query for each who tells."""
    facts = _own_facts(enrollment)
    for tell in _tellers:
        facts += tell(enrollment, viewer)
    return facts


def _own_facts(enrollment):
    facts = []
    if enrollment.request_message:
        facts.append(Fact(_("Message of the request"), enrollment.request_message))
    places = SectionMember.objects.filter(enrollment=enrollment).select_related("section")
    for place in places:
        url = reverse("enrollments:sections", args=[enrollment.course.slug])
        facts.append(Fact(_("Section"), place.section.title, url))
    return facts
