"""The trash: what lies there and since when, taking it out again, and emptying it after thirty days."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.utils.translation import gettext as _

from activity import trash_registry
from activity.trash_registry import TrashKind
from lib.decisions import Decision, Reason, allow, refuse
from lib.pagination import Column, Page, paginate_rows
from lib.rows import fetch_rows
from lib.text import TextRefused, clean_text

KEPT = timedelta(days=30)  #: how long something stays in the trash before it is deleted for good
PER_PAGE = 25
LONGEST_SEARCH = 200  # characters

ORDER = [Column("-deleted_at", models.DateTimeField), Column("-id", models.UUIDField)]

WHO = """
SELECT DISTINCT ON (a.row_id) a.row_id, u.username, u.first_name, u.last_name
FROM tenancy_auditentry a LEFT JOIN users_user u ON u.id = a.actor_id
WHERE a.row_id = ANY (%s) AND a.operation = 'UPDATE' AND a.after ->> 'deleted_at' IS NOT NULL
ORDER BY a.row_id, a.at DESC
"""


@dataclass(frozen=True, slots=True)
class Trashed:
    """Something in the trash, as the list shows it."""

    id: UUID
    kind: TrashKind
    title: str
    of: str
    parent_title: str
    deleted_at: datetime
    who: str
    days_left: int


def trashed_page(user, *, kind: str, search: str, cursor: str | None, now: datetime) -> Page:
    """What the person may take out of the trash, the newest first. Two queries.

    `kind` and `search` narrow it, "" for all.
    """
    kinds = [each for each in trash_registry.kinds() if kind in ("", each.name)]
    condition = _containing(search)

    def fetch(values, backwards, limit):
        ordering = [column.ordering(backwards) for column in ORDER]
        beyond = condition & _beyond(values, backwards) if values else condition
        first, *others = (
            _rows(each, user).filter(beyond).order_by(*ordering)[:limit] for each in kinds
        )
        if others:
            first = first.union(*others, all=True).order_by(*ordering)[:limit]
        return list(first)

    page = paginate_rows(fetch, ORDER, cursor=cursor, size=PER_PAGE)
    names = _who_deleted([row["id"] for row in page])
    items = [_shown(row, names, now) for row in page]
    return Page(items, page.next_cursor, page.previous_cursor, page.size)


def _rows(kind, user):
    return (
        kind.rows(user)
        .filter(deleted_at__isnull=False)
        .order_by()
        .annotate(kind_name=Value(kind.name), of_title=kind.of, above_title=kind.parent_title)
        .values("id", "deleted_at", "title", "kind_name", "of_title", "above_title")
    )


def _containing(search):
    try:
        words = clean_text(search[:LONGEST_SEARCH]).split()
    except TextRefused:
        return Q(pk__in=[])
    return Q(*(Q(title__icontains=word) for word in words))


def _beyond(values, backwards):
    deleted_at, row_id = values
    step = "gt" if backwards else "lt"
    same = Q(deleted_at=deleted_at) & Q(**{f"id__{step}": row_id})
    return Q(**{f"deleted_at__{step}": deleted_at}) | same


def _who_deleted(ids):
    if not ids:
        return {}
    return {
        row.row_id: f"{row.first_name or ''} {row.last_name or ''}".strip() or row.username or ""
        for row in fetch_rows(WHO, [ids])
    }


def _shown(row, names, now):
    return Trashed(
        id=row["id"],
        kind=trash_registry.kind_named(row["kind_name"]),
        title=row["title"],
        of=row["of_title"],
        parent_title=row["above_title"],
        deleted_at=row["deleted_at"],
        who=names.get(row["id"], ""),
        days_left=days_left(row["deleted_at"], now),
    )


def days_left(deleted_at: datetime, now: datetime) -> int:
    """Whole days, rounded up, until something is deleted for good; 0 when it is due."""
    return max(0, -((now - deleted_at - KEPT) // timedelta(days=1)))


def put(kind: TrashKind, row: models.Model, *, by, now: datetime) -> Decision:
    """Put a thing in the trash; a refusal says what stands against it."""
    return _decided(kind, kind.put, row, by=by, now=now)


def restore(
    kind: TrashKind, row: models.Model, *, by, now: datetime, with_parents: bool = False
) -> Decision:
    """Take a thing out of the trash, back to its place.

    What it is part of must not lie in the trash itself; `with_parents` takes that out as well, all or nothing.
    """
    way = [(kind, row), *parents_of(kind, row)]
    if len(way) > 1 and not with_parents:
        above, parent = way[1]
        text = _("“%(title)s” is in the trash too. Restore it first, or both at once.")
        return refuse(Reason("parent_in_trash", text % {"title": parent}))
    if any(not each.rows(by).filter(pk=one.pk).exists() for each, one in way[1:]):
        return refuse(Reason("not_yours", _("What it belongs to is not yours to restore.")))
    with transaction.atomic():
        for each, one in reversed(way):
            one.refresh_from_db()
            decision = _decided(each, each.restore, one, by=by, now=now)
            if not decision:
                transaction.set_rollback(True)
                return decision
    return allow()


def parents_of(kind: TrashKind, row: models.Model) -> list[tuple[TrashKind, models.Model]]:
    """What a thing is part of and lies in the trash too, the nearest first."""
    found = []
    while (above := kind.parent(row)) is not None:
        kind, row = trash_registry.kind_named(above[0]), above[1]
        found.append((kind, row))
    return found


def purge(kind: TrashKind, row: models.Model, *, by, now: datetime) -> Decision:
    """Delete a thing of the trash for good; a refusal says what keeps it."""
    return _decided(kind, kind.purge, row, by=by, now=now)


def _decided(kind, service, row, *, by, now):
    try:
        with transaction.atomic():
            service(row, by=by, now=now)
    except kind.refusals as error:
        return refuse(Reason("refused", str(error)))
    return allow()


def due(kind: TrashKind, *, now: datetime) -> models.QuerySet:
    """The things of a kind that have been in the trash for thirty days, the oldest first."""
    return kind.model._default_manager.filter(deleted_at__lt=now - KEPT).order_by(
        F("deleted_at"), "pk"
    )


def empty_trash(*, now: datetime) -> tuple[Counter, Counter]:
    """Delete for good what has been in the current organization's trash for thirty days.

    What others depend on stays, such as a course that people were on. Gives how many of each kind went, and
    how many stay. Safe to repeat.
    """
    gone, kept = Counter(), Counter()
    for kind in trash_registry.kinds():
        for row in due(kind, now=now):
            decision = purge(kind, row, by=None, now=now)
            (gone if decision else kept)[kind.name] += 1
    return gone, kept
