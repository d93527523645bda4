"""What a reader of a feed asked for in its address. What makes no sense is left out."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from activity import registry
from lib.text import TextRefused, clean_text
from tenancy.models import AuditEntry, SecurityEvent
from users.models import User

MAX_PEOPLE = 50  # whom a search for a person may mean
MAX_TEXT = 200  # characters of a search

OPERATIONS = dict(AuditEntry.Operation.choices)
#: Whose changes a feed holds, with the SQL that finds them. Staff are those who were staff then; what the system did
#: is in neither.
STAFF, STUDENTS, EVERYONE = "staff", "students", "everyone"
WHOSE = {
    STAFF: "{alias}.is_by_staff",
    STUDENTS: "NOT {alias}.is_by_staff AND {alias}.actor_id IS NOT NULL",
    EVERYONE: "",
}
WHOSE_LABELS = {STAFF: _("By staff"), STUDENTS: _("By students"), EVERYONE: _("By everyone")}
EVENTS = dict(SecurityEvent.Kind.choices)


@dataclass(frozen=True)
class Asked:
    """What both logs are filtered by. `people` are the ids that `who` means; None where nobody was named."""

    kind: str = ""
    who: str = ""
    since: date | None = None
    until: date | None = None
    people: list[UUID] | None = field(default=None, compare=False)

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen())

    def chosen(self) -> dict[str, str]:
        """The filters in use, as the address has them."""
        chosen = {"kind": self.kind, "who": self.who}
        chosen |= {"since": iso(self.since), "until": iso(self.until)}
        return {name: value for name, value in chosen.items() if value}

    def address(self, cursor: str | None) -> str:
        """Another page of the same list, "" without a cursor."""
        return "?" + urlencode(self.chosen() | {"cursor": cursor}) if cursor else ""


def shared(query: QueryDict) -> dict:
    """One query where somebody is named, none else."""
    who = text_of(query.get("who"))
    return {
        "who": who,
        "since": day_of(query.get("since")),
        "until": day_of(query.get("until")),
        "people": people_called(who) if who else None,
    }


@dataclass(frozen=True)
class AskedActivity(Asked):
    """Filters of a feed: `kind` is the address of a kind of row, `whose` one of `WHOSE`.

    `whose_at_first` holds where nobody was asked for, and needs no place in the address.
    """

    action: str = ""
    whose: str = EVERYONE
    whose_at_first: str = EVERYONE

    @classmethod
    def of(cls, query: QueryDict, *, whose_at_first: str = STAFF) -> "AskedActivity":
        kind, action, whose = (query.get(name, "") for name in ("kind", "action", "whose"))
        return cls(
            kind=kind if registry.by_slug(kind) else "",
            action=action if action in OPERATIONS else "",
            whose=whose if whose in WHOSE else whose_at_first,
            whose_at_first=whose_at_first,
            **shared(query),
        )

    def chosen(self):
        whose = "" if self.whose == self.whose_at_first else self.whose
        own = {"action": self.action, "whose": whose}
        return super().chosen() | {name: value for name, value in own.items() if value}

    def everyones_address(self) -> str:
        """The same list of what everyone changed, "" where it is that already."""
        if self.whose == EVERYONE:
            return ""
        return "?" + urlencode(self.chosen() | {"whose": EVERYONE})

    def condition(self, alias: str) -> str:
        """SQL for the entries that fit, with `parameters` in it."""
        conditions = []
        if WHOSE[self.whose]:
            conditions.append(WHOSE[self.whose].format(alias=alias))
        if self.kind:
            conditions.append(f"{alias}.table_name = %(table)s")
        if self.action:  # spelled out, for the index of deletions
            conditions.append(f"{alias}.operation = '{AuditEntry.Operation(self.action).value}'")
        if self.people is not None:
            conditions.append(f"{alias}.actor_id = ANY(%(people)s)")
        if self.since:
            conditions.append(f"{alias}.at >= %(since)s")
        if self.until:
            conditions.append(f"{alias}.at < %(until)s")
        return " AND ".join(conditions) or "true"

    def parameters(self) -> dict:
        kind = registry.by_slug(self.kind)
        return {
            "table": kind.table if kind else None,
            "people": self.people,
            "since": start_of(self.since),
            "until": start_of(self.until, days=1),
        }


@dataclass(frozen=True)
class AskedSecurity(Asked):
    """Filters of the security log; a person fits as the one who did it and as the one it happened to."""

    @classmethod
    def of(cls, query: QueryDict) -> "AskedSecurity":
        kind = query.get("kind", "")
        return cls(kind=kind if kind in EVENTS else "", **shared(query))

    def rows(self) -> QuerySet:
        """The events that fit."""
        events = SecurityEvent.objects.all()
        if self.kind:
            events = events.filter(kind=self.kind)
        if self.people is not None:
            events = events.filter(Q(user_id__in=self.people) | Q(actor_id__in=self.people))
        if self.since:
            events = events.filter(at__gte=start_of(self.since))
        if self.until:
            events = events.filter(at__lt=start_of(self.until, days=1))
        return events


def people_called(text: str) -> list[UUID]:
    """The first people of whom every word begins a name, the username or the e-mail."""
    people = User.objects.all()
    for word in text.split()[:5]:
        people = people.filter(
            Q(last_name__istartswith=word)
            | Q(first_name__istartswith=word)
            | Q(username__istartswith=word)
            | Q(email__istartswith=word)
        )
    return list(
        people.order_by("last_name", "first_name", "id").values_list("pk", flat=True)[:MAX_PEOPLE]
    )


def text_of(value: str | None) -> str:
    try:
        return clean_text((value or "")[:MAX_TEXT]).strip()
    except TextRefused:
        return ""


def day_of(value: str | None) -> date | None:
    try:
        day = parse_date(value or "")
    except ValueError:
        return None
    # The first and last years have no room for a time zone.
    return day if day and 1900 <= day.year <= 9000 else None


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def start_of(day: date | None, *, days: int = 0) -> datetime | None:
    """When the day begins for the reader, `days` later."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))
