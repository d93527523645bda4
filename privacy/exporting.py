"""Everything the site holds about a person, by heading, as data and as a page, with the files."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import models
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from privacy import logs
from tenancy.models import AuditEntry, Organization, SecurityEvent
from tenancy.personal import PersonalData, about_people, audited_columns, declaration_of
from users.models import User

#: In the place of another person's id or name.
YOU, SYSTEM = "you", "system"


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the export: its table, how its columns are called, and the rows as plain values."""

    heading: str
    table: str
    labels: dict[str, str]
    rows: list[dict[str, Any]]
    withheld: dict[str, str]

    def as_dict(self) -> dict:
        told = {"heading": self.heading, "table": self.table, "rows": self.rows}
        return told | ({"withheld": self.withheld} if self.withheld else {})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the person: where it is stored, and its name in the archive."""

    storage: Any
    stored_name: str
    name: str


Step = Callable[[User], tuple[Section, list[StoredFile]]]


def steps() -> list[Step]:
    """What is to be read, one table or log at a time, so that progress can be told: the account first."""
    tables = sorted(about_people(), key=lambda data: data.model._meta.app_label == "tenancy")
    return [
        *(partial(_read_table, data) for data in tables),
        _read_changes,
        _read_deeds,
        _read_security,
    ]


def write_archive(
    file,
    user: User,
    parts: Iterable[tuple[Section, list[StoredFile]]],
    *,
    organization: Organization,
    now: datetime,
) -> None:
    """Write the archive; `parts` are read one by one, each when its turn comes."""
    sections = []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for section, files in parts:
            for stored in files:
                _add_file(archive, stored)
            if section.rows:
                sections.append(section)
        about = {
            "organization": organization.name,
            "person": str(user.pk),
            "made_at": now.isoformat(),
            "sections": [section.as_dict() for section in sections],
        }
        archive.writestr("data.json", json.dumps(about, ensure_ascii=False, indent=2))
        page = {"person": user, "organization": organization, "sections": sections, "made_at": now}
        archive.writestr("data.html", render_to_string("privacy/export_page.html", page))


def _add_file(archive, stored):
    try:
        with stored.storage.open(stored.stored_name, "rb") as source:
            _copy(source, archive, stored.name)
    except FileNotFoundError:
        archive.writestr(f"{stored.name}.missing.txt", _("This file is no longer stored."))


def _copy(source, archive, name):
    with archive.open(name, "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target)


def _read_table(data: PersonalData, user: User):
    names = data.exported_columns
    fields = [data.field(name) for name in names]
    joined = [field.name for field in fields if field.is_relation]
    rows, files = [], []
    for row in data.rows_of(user.pk).select_related(*joined).order_by("pk"):
        for name in data.file_columns:
            if getattr(row, name):
                files.append(_stored_file(data, row, name))
        rows.append({field.name: _plain(field, row, user) for field in fields})
    labels = {field.name: str(field.verbose_name) for field in fields}
    withheld = {
        str(data.field(name).verbose_name): str(reason) for name, reason in data.withheld.items()
    }
    return Section(str(data.heading), data.label, labels, rows, withheld), files


def _stored_file(data, row, name):
    file = getattr(row, name)
    return StoredFile(file.storage, file.name, _archived_name(data.model, row, file.name))


def _archived_name(model, row, stored_name):
    ending = stored_name.rpartition(".")[2]
    return f"files/{model._meta.model_name}/{row.pk}.{ending}"


def _plain(field: models.Field, row, user: User):
    """A column's value as JSON knows it; people other than the reader are reduced to their role."""
    if field.is_relation:
        other = getattr(row, field.name)
        if other is None:
            return None
        if isinstance(other, User):
            return YOU if other.pk == user.pk else other.role
        declared = declaration_of(type(other))
        return str(other.pk) if declared and declared.is_about_people else str(other)
    value = getattr(row, field.attname)
    if isinstance(field, models.FileField):
        return _archived_name(type(row), row, value.name) if value else None
    return _as_json(value)


def _as_json(value):
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def _read_changes(user):
    """Changes of the person's own rows, with the values that are declared."""
    heading, labels = _("What was changed about me"), _log_labels(AuditEntry, "before", "after")
    told = audited_columns()
    by = _Actors(user)
    rows = [
        {
            "at": entry["at"].isoformat(),
            "operation": entry["operation"],
            "table_name": entry["table_name"],
            "by": by.word(entry["actor_id"]),
            "client_ip": entry["client_ip"] if by.is_own_address(entry["actor_id"]) else None,
            "before": _only(entry["before"], told[entry["table_name"]]),
            "after": _only(entry["after"], told[entry["table_name"]]),
        }
        for entry in logs.told_about(user.pk)
    ]
    return Section(heading, AuditEntry._meta.label, labels, rows, {}), []


def _read_deeds(user):
    """What the person changed elsewhere, without the values, which may be about others."""
    rows = [entry | {"at": entry["at"].isoformat()} for entry in logs.done_by(user.pk)]
    labels = _log_labels(AuditEntry)
    return Section(_("What I changed"), AuditEntry._meta.label, labels, rows, {}), []


def _read_security(user):
    by = _Actors(user)
    rows = [
        {
            "at": entry["at"].isoformat(),
            "kind": entry["kind"],
            "by": by.word(entry["actor_id"]),
            "client_ip": entry["client_ip"] if by.is_own_address(entry["actor_id"]) else None,
            "details": entry["details"],
        }
        for entry in logs.security_of(user.pk)
    ]
    labels = _log_labels(SecurityEvent, "details")
    return Section(_("Security log"), SecurityEvent._meta.label, labels, rows, {}), []


def _only(values, declared):
    names = set(declared["columns"]) - set(declared["withheld"])
    return values and {name: value for name, value in values.items() if name in names}


def _log_labels(model, *more):
    names = ["at", "operation", "table_name", "kind", "client_ip", *more]
    known = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
    return {name: known[name] for name in names if name in known} | {"by": _("by")}


class _Actors:
    """Says of an actor who it was without saying who: you, the system, or a role."""

    def __init__(self, user: User):
        self._user = user
        self._roles = {}

    def word(self, actor_id):
        if actor_id is None:
            return SYSTEM
        if actor_id == self._user.pk:
            return YOU
        if actor_id not in self._roles:
            role = User.objects.filter(pk=actor_id).values_list("role", flat=True).first()
            self._roles[actor_id] = role or SYSTEM
        return self._roles[actor_id]

    def is_own_address(self, actor_id):
        """An address beside another's deed is that other's."""
        return actor_id is None or actor_id == self._user.pk
