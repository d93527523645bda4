"""The security log in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activity.names import PEOPLE, Names
from tenancy.models import SecurityEvent

#: What the details of events are called; others show the name they were recorded under.
LABELS = {
    "added": gettext_lazy("added"),
    "after": gettext_lazy("after"),
    "backend": gettext_lazy("way in"),
    "before": gettext_lazy("before"),
    "change": gettext_lazy("change"),
    "course": gettext_lazy("course"),
    "door": gettext_lazy("door"),
    "filters": gettext_lazy("filters"),
    "how": gettext_lazy("how"),
    "means": gettext_lazy("means"),
    "method": gettext_lazy("method"),
    "minutes": gettext_lazy("minutes"),
    "name": gettext_lazy("name"),
    "provider": gettext_lazy("provider"),
    "reason": gettext_lazy("reason"),
    "removed": gettext_lazy("removed"),
    "role": gettext_lazy("role"),
    "row": gettext_lazy("row"),
    "rows": gettext_lazy("rows"),
    "scopes": gettext_lazy("scopes"),
    "table": gettext_lazy("table"),
    "thing": gettext_lazy("thing"),
    "until": gettext_lazy("until"),
    "what": gettext_lazy("what"),
}


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One line of the log; `whom` is "" where it happened to nobody in particular."""

    at: datetime
    kind: str
    label: str
    who: str
    whom: str
    whom_id: UUID | None
    client_ip: str
    details: str


def tell_events(events: Iterable[SecurityEvent]) -> list[ToldEvent]:
    """The events with the names of people. One query; a second where people are gone."""
    events = list(events)
    people = {event.user_id for event in events} | {event.actor_id for event in events}
    names = Names((), [(PEOPLE, person) for person in people if person])
    return [_tell(event, names) for event in events]


def _tell(event: SecurityEvent, names: Names) -> ToldEvent:
    return ToldEvent(
        at=event.at,
        kind=event.kind,
        label=capfirst(event.get_kind_display()),
        who=_called(event.actor_id, names),
        whom=_called(event.user_id, names),
        whom_id=event.user_id if event.user_id and names.person(event.user_id) else None,
        client_ip=event.client_ip or "",
        details=told_details(event.details),
    )


def _called(person_id, names):
    if person_id is None:
        return ""
    return names.person(person_id) or _("somebody who is gone")


def told_details(details: dict) -> str:
    """ "reason: helps with enrolling · door: sign-in"."""
    return " · ".join(
        f"{LABELS.get(name, name.replace('_', ' '))}: {TELLERS.get(name, _told)(value)}"
        for name, value in details.items()
        if value not in (None, "", [], {})
    )


def _told(value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={part}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _moment(value) -> str:
    moment = parse_datetime(str(value))
    if moment is None:
        return str(value)
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def _table(value) -> str:
    """What readers call the rows of a model, which stand in the log by its name."""
    return str(_names_of_tables().get(value, value))


@cache
def _names_of_tables():
    return {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}


#: Details that are told otherwise than they are stored.
TELLERS = {"until": _moment, "what": _table}
