"""What happened to one row, from the audit log."""

from collections import defaultdict
from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.template.defaultfilters import yesno
from django.utils import formats, timezone

from tenancy.models import AuditEntry, row_id_of

SHOWN = 200  # entries, the newest first
VALUE_LENGTH = 120  # characters of a value


def with_actor_names(entries: QuerySet) -> QuerySet:
    """Adds `actor_name`, NULL for the system and for people who are gone."""
    people = get_user_model().objects.filter(pk=OuterRef("actor_id"))
    return entries.annotate(actor_name=Subquery(people.values("username")[:1]))


def history_of(row, nameable: Callable[[models.Field], QuerySet]) -> list[dict]:
    """When, who, what and which values, for the newest entries of a row.

    `nameable` gives the rows whose names the reader may see in a foreign key; others show their ids.
    """
    entries = with_actor_names(_entries_of(row)).order_by("-at", "-id")
    entries = list(entries[:SHOWN])
    fields = {field.column: field for field in row._meta.concrete_fields}
    names = _names_in(entries, fields, nameable)
    return [
        {
            "at": entry.at,
            "who": entry.actor_name,
            "what": entry.get_operation_display(),
            "changes": list(_changes(entry, fields, names)),
        }
        for entry in entries
    ]


def _entries_of(row) -> QuerySet:
    return AuditEntry.objects.filter(row_id=row_id_of(row.pk), table_name=row._meta.db_table)


def _changed(entry):
    """Column, value before, value after."""
    if entry.operation == AuditEntry.Operation.UPDATE:
        before = entry.before or {}
        for column, value in (entry.after or {}).items():
            yield column, before.get(column), value


def _names_in(entries, fields, nameable):
    """The names of the rows that the changes of foreign keys speak of, one query per key."""
    wanted = defaultdict(set)
    for entry in entries:
        for column, *values in _changed(entry):
            if column in fields and fields[column].is_relation:
                wanted[column].update(value for value in values if value is not None)
    return {
        (column, str(row.pk)): str(row)
        for column, keys in wanted.items()
        for row in nameable(fields[column]).filter(pk__in=keys)
    }


def _changes(entry, fields, names):
    for column, *values in _changed(entry):
        field = fields.get(column)
        title = str(field.verbose_name) if field else column
        before, after = (
            names.get((column, str(value))) or _short(_readable(value, field)) for value in values
        )
        yield title, before, after


def _readable(value, field):
    if isinstance(value, bool):
        return yesno(value)
    if field is not None and field.flatchoices:
        return dict(field.flatchoices).get(value, value)
    if value is not None and isinstance(field, models.DateTimeField):
        try:
            return formats.localize(timezone.localtime(field.to_python(value)))
        except (ValidationError, ValueError):
            return value
    return value


def _short(value):
    text = "–" if value is None or value == "" else str(value)
    return f"{text[:VALUE_LENGTH]} …" if len(text) > VALUE_LENGTH else text
