"""What happened to one row, from the audit log."""

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, QuerySet, Subquery

from tenancy.models import AuditEntry

SHOWN = 200  # entries, the newest first
VALUE_LENGTH = 120  # characters of a value


def with_actor_names(entries: QuerySet) -> QuerySet:
    """Adds `actor_name`, NULL for the system and for people who are gone."""
    people = get_user_model().objects.filter(pk=OuterRef("actor_id"))
    return entries.annotate(actor_name=Subquery(people.values("username")[:1]))


def history_of(row) -> list[dict]:
    """When, who, what and which values, for the newest entries of a row."""
    entries = with_actor_names(AuditEntry.objects.filter(row_id=row.pk)).order_by("-at", "-id")
    names = {field.column: str(field.verbose_name) for field in row._meta.concrete_fields}
    return [
        {
            "at": entry.at,
            "who": entry.actor_name,
            "what": entry.get_operation_display(),
            "changes": list(_changes(entry, names)),
        }
        for entry in entries[:SHOWN]
    ]


def _changes(entry, names):
    if entry.operation != AuditEntry.Operation.UPDATE:
        return
    before, after = entry.before or {}, entry.after or {}
    for column in after:
        yield names.get(column, column), _short(before.get(column)), _short(after[column])


def _short(value):
    text = "–" if value is None or value == "" else str(value)
    return f"{text[:VALUE_LENGTH]} …" if len(text) > VALUE_LENGTH else text
