"""May this be undone, and by this person? One answer with the reason, for the feed, the page and the act itself."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import IntegerField, QuerySet, Value
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from activity import undo_registry
from activity.undo_changes import UNDO_DAYS, Rows, differs
from activity.undo_registry import Change, Right, UndoTable, Values
from lib.decisions import Decision, Reason, allow, refuse
from tenancy.models import AuditEntry
from users.models import Permission
from users.permissions import holds

Operation = AuditEntry.Operation

#: Refusals that say no more than that there is nothing here for this person.
HIDDEN = frozenset({"nothing", "not_yours"})

MOST = 2_000  # changes of one request


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known before a request is judged: the rows as they are, and who may do what with them."""

    user: object
    rows: Rows
    undone: frozenset[UUID]
    rights: dict[tuple[Callable, UUID], Right]
    may_undo_others: bool


def rights_of(
    user, changes: list[Change], rows: Rows, *, may_undo_others: bool
) -> dict[tuple[Callable, UUID], Right]:
    """What the person may do with the things that these changes are about. One query for all apps together."""
    wanted = defaultdict(set)
    for change in changes:
        table = undo_registry.table_of(change.table_name)
        if table is None or (may_undo_others and not table.needs_right):
            continue
        if key := key_of(table, change, rows):
            wanted[table.rights].add(key)
    asked = {rights: rights(user, keys) for rights, keys in wanted.items()}
    found = _ids_in([rows for question in asked.values() for rows in question.rows])
    return {
        (rights, key): question.answer(key, *(key in found[id(rows)] for rows in question.rows))
        for rights, question in asked.items()
        for key in wanted[rights]
    }


def _ids_in(all_rows: list[QuerySet]) -> dict[int, set[UUID]]:
    """The ids of each of these querysets, by the `id` of the queryset. One query, none for no queryset."""
    found = {id(rows): set() for rows in all_rows}
    parts = [
        rows.order_by().annotate(of=Value(number, IntegerField())).values_list("of", "pk")
        for number, rows in enumerate(all_rows)
    ]
    if parts:
        first, *others = parts
        for number, key in first.union(*others, all=True):
            found[id(all_rows[number])].add(key)
    return found


def key_of(table: UndoTable, change: Change, rows: Rows) -> UUID | None:
    """The id of the thing whose rights count for a row."""
    if table.key == table.pk_column:
        return change.row_id
    values = rows.get(change.row) or change.values
    value = values.get(table.key)
    return UUID(value) if value else None


def judge(changes: list[Change], standing: Standing) -> Decision:
    """Whether all that one request changed can be undone by this person now. No query."""
    if not any(undo_registry.table_of(change.table_name) for change in changes):
        return refuse(Reason("nothing", _("There is nothing here to undo.")))
    reason = _of_person(changes, standing) or _of_request(changes, standing)
    return refuse(reason) if reason else allow()


def _of_person(changes, standing):
    if not all(_may_undo(change, standing) for change in changes):
        return Reason("not_yours", _("This is not yours to undo."))
    return None


def _may_undo(change, standing):
    table = undo_registry.table_of(change.table_name)
    if table is None:
        return True
    user = standing.user
    key = key_of(table, change, standing.rows)
    right = standing.rights.get((table.rights, key), Right.NONE)
    if standing.may_undo_others and not table.needs_right:
        right = Right.OWN
    return right is Right.OWN or (right is Right.CHANGE and change.actor_id == user.pk)


def _of_request(changes, standing):
    for change in changes:
        name = change.table_name
        if undo_registry.table_of(name) is None and not undo_registry.is_history(name):
            return Reason(
                "not_undoable", _("It holds a step that cannot be taken back once it is made.")
            )
    if changes[0].request_id in standing.undone:
        return Reason("undone", _("This was undone already."))
    if any(change.is_old for change in changes):
        text = _("It was more than %(num)d days ago, so it cannot be undone any more.")
        return Reason("too_old", text % {"num": UNDO_DAYS})
    if len(changes) > MOST:
        return Reason("too_much", _("It changed too many things to be undone at once."))
    if any(change.actor_id is None for change in changes):
        return Reason("by_system", _("It was done by the system itself, not by a person."))
    return _of_rows(changes, standing)


def _of_rows(changes, standing):
    final: dict[tuple, tuple[Change, dict, bool]] = {}
    for change in changes:
        table = undo_registry.table_of(change.table_name)
        if table is None:
            continue
        values = standing.rows.get(change.row, {})
        if reason := _of_change(table, change, values, standing.user):
            return reason
        _last, wanted, is_new = final.get(change.row, (None, {}, False))
        is_new = is_new or change.operation == Operation.INSERT
        final[change.row] = (change, {**wanted, **(change.after or {})}, is_new)
    for change, wanted, is_new in final.values():
        table = undo_registry.table_of(change.table_name)
        found = standing.rows.get(change.row)
        if reason := conflict(table, change, found, wanted, is_new=is_new):
            return reason
    return None


def _of_change(table, change, values, user):
    if table.person:
        person = change.values.get(table.person) or values.get(table.person)
        if str(change.actor_id) == str(person):
            return Reason("own_act", _("This is what somebody did to their own account or place."))
    if change.operation == Operation.INSERT and not table.is_removable:
        text = _("What was added here stays, because others may rely on it.")
        return Reason("stays", text, page_of(table, change), _("Look at it"))
    if change.operation == Operation.DELETE and (change.before or {}).get("deleted_at"):
        return Reason("purged", _("It was deleted for good."))
    return table.check(user, change, values) if table.check else None


def conflict(
    table: UndoTable, change: Change, found: Values | None, wanted: Values, *, is_new: bool
) -> Reason | None:
    """What stands against undoing a change of a row that is `found` (None: gone) and should be `wanted`."""
    title = {"title": title_of(table, found or change.values)}
    if change.operation == Operation.DELETE:
        if found is None:
            return None
        text = _("%(title)s is there again already.") % title
        return Reason("there", text, page_of(table, change), _("Look at it"))
    if found is None:
        return Reason("gone", _("%(title)s is not there any more.") % title)
    if differs(table, wanted, found, is_new=is_new):
        text = _("%(title)s has been changed again since.") % title
        return Reason("changed", text, page_of(table, change), _("Look at it"))
    return None


def title_of(table: UndoTable, values: Values) -> str:
    """What a row is called in a sentence: its kind, with its name in quotes where it has one."""
    kind, name = capfirst(table.model._meta.verbose_name), values.get(table.title)
    if not name:
        return str(kind)
    return _("%(kind)s “%(name)s”") % {"kind": kind, "name": name}


def page_of(table: UndoTable, change: Change) -> str:
    """The row's page in the back office; "" where it has none."""
    opts = table.model._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[change.row_id])
    except NoReverseMatch:
        return ""


def can_undo_others(user) -> bool:
    """Whether the person may undo what others did, anywhere in the organization."""
    return holds(user, Permission.ACTIVITY_UNDO)
