"""Forgetting a person in place: what is declared personal goes, what must stay keeps no name."""

from dataclasses import asdict, dataclass, field
from functools import partial
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Q

from privacy import logs
from privacy.logs import LogCounts
from tenancy.personal import PersonalData, Rows, about_people
from users.models import User


@dataclass(frozen=True, slots=True)
class TableCount:
    """What was found about a person in one table, and what became of it; all are numbers of rows."""

    table: str
    found: int
    changed: int = 0
    deleted: int = 0
    kept: int = 0
    reason: str = ""  #: why rows were kept


@dataclass(slots=True)
class Erased:
    """All that an erasure did."""

    tables: list[TableCount] = field(default_factory=list)
    file_count: int = 0
    session_count: int = 0
    logs: LogCounts = field(default_factory=lambda: LogCounts(0, 0, 0))

    def as_dict(self) -> dict:
        return asdict(self)


@transaction.atomic
def erase(user_id: UUID) -> Erased:
    """Erase what is personal about somebody, in every table that is declared, and in the logs.

    Files, cached sessions and the cache, which may hold the name on a page, go once it is committed. Needs an
    approved erasure, for the logs refuse otherwise.
    """
    found = [(data, _rows_and_files(data, user_id)) for data in about_people()]
    session_keys = [
        str(key) for data, (keys, _names) in found for key in keys if data.model is Session
    ]
    names = [name for _data, (_keys, names) in found for name in names]
    done = Erased(file_count=len(names), session_count=len(session_keys))
    for data, (keys, _names) in found:
        done.tables.append(_erase_rows(data, keys))
    User.objects.filter(pk=user_id).update(is_active=False, sees_private_rows=False)
    done.logs = logs.blank(user_id)
    transaction.on_commit(partial(_forget_outside, names, session_keys))
    return done


def remains(user_id: UUID) -> dict[str, int]:
    """What an erasure should have taken and is still there: number of rows per table, and in the logs."""
    left = {data.label: _remaining_rows(data, user_id).count() for data in about_people()}
    in_logs = logs.remains(user_id)
    left |= {"tenancy.AuditEntry": in_logs.audit + in_logs.addresses}
    left |= {"tenancy.SecurityEvent": in_logs.security}
    return {label: count for label, count in left.items() if count}


def _rows_and_files(data, user_id):
    """Keys of the rows about the person, and (storage, name) of the files that go with them."""
    columns = [name for name in data.personal if isinstance(data.field(name), models.FileField)]
    rows = data.rows_of(user_id)
    files = [
        (getattr(row, name).storage, getattr(row, name).name)
        for row in (rows if columns else ())
        for name in columns
        if getattr(row, name)
    ]
    return list(rows.values_list("pk", flat=True)), files


def _erase_rows(data: PersonalData, keys: list) -> TableCount:
    rows = data.model._default_manager.filter(pk__in=keys)
    count = len(keys)
    if data.rows == Rows.GO:
        rows.delete()
        return TableCount(data.label, count, deleted=count)
    if data.rows == Rows.UNLINKED:
        rows.update(**{data.person: None})
        return TableCount(data.label, count, changed=count, kept=count, reason=str(data.reason))
    if data.erased_columns:
        empty = {name: data.empty_value(name) for name in data.personal}
        for key in keys:
            replaced = {name: new.make() for name, new in data.replaced.items()}
            rows.filter(pk=key).update(**empty, **replaced)
    changed = count if data.erased_columns else 0
    return TableCount(data.label, count, changed=changed, kept=count, reason=str(data.reason))


def _remaining_rows(data, user_id):
    """Rows about the person that still say something."""
    rows = data.rows_of(user_id)
    if data.rows != Rows.STAY:
        return rows
    says_something = Q()
    for name in data.personal:
        empty = data.empty_value(name)
        says_something |= Q(**{f"{name}__isnull": False}) if empty is None else ~Q(**{name: empty})
    for name, new in data.replaced.items():
        says_something |= ~Q(**{f"{name}__regex": new.pattern})
    return rows.filter(says_something) if says_something else rows.none()


def _forget_outside(files, session_keys):
    """What the transaction cannot take back: files, sessions in the cache, pages in the cache."""
    for storage, name in files:
        storage.delete(name)
    engine = import_module(settings.SESSION_ENGINE)
    for key in session_keys:
        engine.SessionStore(key).delete()
    cache.clear()
