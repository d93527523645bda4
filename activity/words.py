"""The changes of a feed in words: who did what, and what was there before and after."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity import registry
from activity.differences import Piece, difference
from activity.feed import Entry, Item
from activity.names import Names
from activity.registry import Kind
from lib import jinja
from lib.decisions import Decision
from tenancy.models import AuditEntry

Operation = AuditEntry.Operation

#: Columns that say nothing to a reader, or must not: what is secret never reaches the log in the first place.
HIDDEN = {"id", "organization_id", "created_at", "updated_at", "deleted_at", "source", "password"}
LONG = 80  # characters; from there on a text is compared by words
SHOWN = 600  # characters of a text that stands alone
FIELDS_NAMED = 3  # in a sentence; more are counted


@dataclass(frozen=True, slots=True)
class Change:
    """One column: its name, the value before and after; for long texts the difference instead."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One change of one row, told."""

    sentence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ToldItem:
    """What one request did: its main change as a sentence, all changes, and whether it can be undone."""

    at: datetime
    who: str
    who_id: UUID | None
    sentence: str
    client_ip: str
    told: tuple[Told, ...]
    more_count: int
    thing_url: str
    request_id: UUID | None
    undo: Decision | None = field(default=None)


def tell(
    items: list[Item],
    names: Names,
    undo: dict[UUID, Decision],
    undoing: Collection[UUID] = frozenset(),
) -> list[ToldItem]:
    """The items of a page in the reader's language and time zone; those in `undoing` put back what was before."""
    return [
        _tell(item, names, undo.get(item.request_id), item.request_id in undoing) for item in items
    ]


def _tell(item: Item, names: Names, undo: Decision | None, is_undoing: bool) -> ToldItem:
    main = max(item.entries, key=weight_of)  # the first of equals
    others = item.total - 1
    text = sentence(main, names)
    if others:
        more = ngettext("and %(num)d more change", "and %(num)d more changes", others)
        text = f"{text} {more % {'num': others}}"
    if is_undoing:
        text = _("%(sentence)s (undo)") % {"sentence": text}
    kind = registry.by_table(main.table_name)
    return ToldItem(
        at=item.at,
        who=who(item, names),
        who_id=item.actor_id if item.actor_id and names.person(item.actor_id) else None,
        sentence=text,
        client_ip=item.client_ip or "",
        told=tuple(
            Told(sentence(entry, names), tuple(changes(entry, names))) for entry in item.entries
        ),
        more_count=item.total - len(item.entries),
        thing_url=reverse("activity:of", args=[kind.slug, main.row_id]) if kind else "",
        request_id=item.request_id,
        undo=undo,
    )


def weight_of(entry: Entry) -> int:
    kind = registry.by_table(entry.table_name)
    return kind.weight if kind else -1


def who(entry: Entry | Item, names: Names) -> str:
    if entry.actor_id is None:
        return _("The system")
    return names.person(entry.actor_id) or _("Somebody")


def sentence(entry: Entry, names: Names) -> str:
    """ "Ines Duarte changed the title of the lesson “Why notes fade”"."""
    kind = registry.by_table(entry.table_name)
    values = {"who": who(entry, names), "thing": thing(entry, kind, names)}
    special = kind.tells and kind.tells(entry.before, entry.after) if kind else None
    if special:
        return str(special) % values
    if entry.operation == Operation.INSERT:
        return _("%(who)s added %(thing)s") % values
    if entry.operation == Operation.DELETE:
        return _("%(who)s deleted %(thing)s") % values
    if "deleted_at" in entry.after:
        into = _("%(who)s put %(thing)s in the trash")
        out = _("%(who)s took %(thing)s out of the trash")
        return (into if entry.after["deleted_at"] else out) % values
    labels = [label_of(kind, column) for column in shown_columns(kind, entry.after)]
    if not labels:
        return _("%(who)s changed %(thing)s") % values
    if len(labels) > FIELDS_NAMED:
        text = ngettext(
            "%(who)s changed %(num)d field of %(thing)s",
            "%(who)s changed %(num)d fields of %(thing)s",
            len(labels),
        )
        return text % (values | {"num": len(labels)})
    return _("%(who)s changed the %(fields)s of %(thing)s") % (values | {"fields": listed(labels)})


def listed(labels: list[str]) -> str:
    """ "a, b and c"."""
    if len(labels) == 1:
        return labels[0]
    first, last = ", ".join(labels[:-1]), labels[-1]
    return _("%(first)s and %(last)s") % {"first": first, "last": last}


def thing(entry: Entry, kind: Kind | None, names: Names) -> str:
    if kind is None:
        return entry.table_name
    name = names.of(entry.table_name, entry.row_id) or _("without a name")
    return str(kind.thing) % {"name": name}


def changes(entry: Entry, names: Names) -> list[Change]:
    """The columns of a change that a reader can make something of, with their values in words."""
    kind = registry.by_table(entry.table_name)
    before, after = entry.before or {}, entry.after or {}
    found = []
    for column in shown_columns(kind, before | after):
        was, becomes = before.get(column), after.get(column)
        if entry.operation != Operation.UPDATE and (was or becomes) in (None, "", [], {}):
            continue
        found.append(_change(kind, column, was, becomes, entry.operation, names))
    return found


def _change(kind, column, was, becomes, operation, names) -> Change:
    label = label_of(kind, column)
    old, new = (readable(kind, column, value, names) for value in (was, becomes))
    if operation == Operation.INSERT:
        return Change(label, after=shortened(new))
    if operation == Operation.DELETE:
        return Change(label, before=shortened(old))
    if was and becomes and (max(len(old), len(new)) > LONG or "\n" in f"{old}{new}"):
        return Change(label, pieces=tuple(difference(old, new)))
    return Change(label, shortened(old) or "–", shortened(new) or "–")


def shown_columns(kind: Kind | None, values: dict) -> list[str]:
    """In the order of the model's fields."""
    if kind is None:
        return []
    hidden = HIDDEN | kind.hidden
    return [column for column in kind.fields if column in values and column not in hidden]


def label_of(kind: Kind, column: str) -> str:
    return str(kind.fields[column].verbose_name)


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} …"


def readable(kind: Kind, column: str, value, names: Names) -> str:
    """A value as a person would say it, "" for none."""
    if value is None or value == "":
        return ""
    column_field = kind.fields[column]
    if column_field.is_relation:
        target = kind.refers_to(column)
        return names.of(target, value) or _("something that is gone")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        base = getattr(column_field, "base_field", column_field)
        return ", ".join(_plain(base, part) for part in value)
    return _plain(column_field, value)


def _plain(column_field, value) -> str:
    if column_field.flatchoices:
        return str(dict(column_field.flatchoices).get(value, value))
    if isinstance(column_field, models.DateTimeField):
        return _moment(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    if isinstance(value, int | float):
        return jinja.number(value)
    return str(value)


def _moment(value: str) -> str:
    try:
        moment = parse_datetime(value)
        return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
    except (TypeError, ValueError, ValidationError):
        return str(value)
