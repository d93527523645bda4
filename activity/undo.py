"""Undoing what a request changed: all of it or nothing, by whoever may, as long as nobody changed it since.

Every row goes back to what it was, in one transaction and under the same triggers and constraints as any other
change; where a table has a service for the way back, that service goes it. An undo is a change like any other: it
stands in the feed, and can itself be undone.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from activity import undo_registry
from activity.models import Undo
from activity.undo_changes import Rows, read_all, read_changes, read_rows
from activity.undo_registry import Change
from activity.undo_rules import (
    Standing,
    can_undo_others,
    judge,
    key_of,
    rights_of,
    title_of,
)
from activity.undo_steps import Refused, put_back
from lib.decisions import Decision, Reason, allow, refuse
from lib.ids import uuid7
from tenancy.backoffice.errors import explain_refusal
from tenancy.context import acting_for_everyone, require_organization_id

CLAIM = """
INSERT INTO activity_undo
    (id, organization_id, request_id, undo_request_id, by_id, undone_at, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
OWN_REQUEST = """
SELECT set_config('app.request_id', COALESCE(NULLIF(current_setting('app.request_id', true), ''), %s), true)
"""


def undo_states(request_ids: Iterable[UUID], user) -> dict[UUID, Decision]:
    """Whether `user` may undo each of these requests, and if not, why. Two queries, for one as for many."""
    states, _undoing = look_at(request_ids, user)
    return states


def look_at(request_ids: Iterable[UUID], user) -> tuple[dict[UUID, Decision], frozenset[UUID]]:
    """The same, and which of the requests themselves undid another."""
    read = read_all(set(request_ids))
    changes = [change for made in read.changes.values() for change in made]
    standing = _standing(user, changes, rows=read.rows, undone=read.undone)
    states = {request_id: judge(made, standing) for request_id, made in read.changes.items()}
    return states, read.undoing


def undo(request_id: UUID, *, by, now: datetime) -> Decision:
    """Put back all that a request changed, or nothing.

    A refusal says what stands against it. Of two who undo the same at once, the second is told so. An
    approval says where something went to the trash because others depend on it by now.
    """
    try:
        with acting_for_everyone():
            return _undo(request_id, by=by, now=now)
    except Refused as refused:
        return refuse(refused.reason)
    except (DatabaseError, *_refusals()) as error:
        text = explain_refusal(error, _refusals())
        if text is None:
            raise
        return refuse(Reason("refused", text))


def _undo(request_id, *, by, now):
    changes = read_changes([request_id], now=now)[request_id]
    _require(judge(changes, _standing_now(by, changes)))
    _claim(request_id, by=by, now=now)
    _check_at_once()
    _lock(changes)
    _require(judge(changes, _standing_now(by, changes, without=request_id)))
    trashed = put_back(changes, by=by, now=now)
    _do_what_follows(changes, by=by, now=now)
    Undo.objects.filter(undo_request_id=request_id, taken_back_at=None).update(taken_back_at=now)
    return allow(*(_in_the_trash(change) for change in trashed))


def _standing_now(user, changes: list[Change], *, without: UUID | None = None) -> Standing:
    """`without` is a request whose undo has just begun."""
    requests = {change.request_id for change in changes} - {without}
    undone = Undo.objects.filter(request_id__in=requests, taken_back_at=None)
    undone = frozenset(undone.values_list("request_id", flat=True))
    return _standing(user, changes, rows=read_rows(changes), undone=undone)


def _standing(user, changes: list[Change], *, rows: Rows, undone: frozenset[UUID]) -> Standing:
    may_undo_others = can_undo_others(user)
    return Standing(
        user=user,
        rows=rows,
        undone=undone,
        rights=rights_of(user, changes, rows, may_undo_others=may_undo_others),
        may_undo_others=may_undo_others,
    )


def _require(decision):
    if not decision:
        raise Refused(decision.reason)


def _claim(request_id, *, by, now):
    """Note that the request is undone; somebody who does the same at once waits here, and is then refused."""
    values = [uuid7(), require_organization_id(), request_id, _own_request_id(), by.pk]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [*values, now, now, now])
        if not cursor.rowcount:
            raise Refused(Reason("undone", _("This was undone already.")))


def _own_request_id() -> UUID:
    """The id under which the audit log keeps what follows; outside of a request, a new one."""
    with connection.cursor() as cursor:
        cursor.execute(OWN_REQUEST, [str(uuid7())])
        return UUID(cursor.fetchone()[0])


def _check_at_once():
    """Let the database say no to a row as it is written, to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _lock(changes):
    rows = read_rows(changes)
    wanted = {}
    for change in changes:
        table = undo_registry.table_of(change.table_name)
        if table is not None and table.lock and (key := key_of(table, change, rows)):
            wanted.setdefault(table.lock, set()).add(key)
    for lock, keys in wanted.items():
        lock(sorted(keys))


def _do_what_follows(changes, *, by, now):
    for table in undo_registry.tables():
        mine = [change for change in changes if change.table_name == table.name]
        if mine and table.after is not None:
            table.after(mine, by=by, now=now)


def _in_the_trash(change):
    table = undo_registry.table_of(change.table_name)
    text = _("%(title)s is in the trash, because something else depends on it by now.")
    return Reason("in_the_trash", text % {"title": title_of(table, change.after)})


def _refusals() -> tuple[type[Exception], ...]:
    return tuple({error for table in undo_registry.tables() for error in table.refusals})
