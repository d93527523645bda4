"""Places of rows in an order: `position` counts from 1, without gaps or doubles.

`rows` are those that are sorted among each other. The caller holds a lock that keeps others from sorting them.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Case, F, Max, Model, QuerySet, Value, When

PARKED = 1_000_000  # positions above this are those of rows that are just being moved


def next_position(rows: QuerySet) -> int:
    """The place behind the last."""
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1


def place(rows: QuerySet, row: Model, position: int | None) -> None:
    """Put one of the rows at `position`; None, or beyond the end, means the end."""
    ids = list(rows.exclude(pk=row.pk).order_by("position").values_list("pk", flat=True))
    ids.insert(len(ids) if position is None else max(position, 1) - 1, row.pk)
    arrange(rows, ids)
    row.position = ids.index(row.pk) + 1


def arrange(rows: QuerySet, first: Iterable[UUID] = ()) -> None:
    """Number the rows, those in `first` before the others; rows that stay are not written.

    In two steps, because the database checks after each row that no position is there twice.
    """
    places = dict(rows.order_by("position").values_list("pk", "position"))
    wanted = dict.fromkeys([*(pk for pk in first if pk in places), *places])
    moves = {pk: number for number, pk in enumerate(wanted, 1) if places[pk] != number}
    if moves:
        moving = rows.filter(pk__in=moves)
        moving.update(position=F("position") + PARKED)
        moving.update(
            position=Case(*(When(pk=pk, then=Value(number)) for pk, number in moves.items()))
        )
