"""Access that ends: carried out on time, told of before, moved by staff."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from enrollments.ending import day_of
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.services.places import CourseFull, bring_back, change_state, lock

Status = Enrollment.Status

#: States whose access runs out; a break does not stop the clock. Who is suspended is for staff to decide on.
RUNNING_OUT = (Status.ACTIVE, Status.PAUSED)
#: States in which somebody's access has an end that can be moved.
MOVABLE = (Status.ACTIVE, Status.PAUSED, Status.SUSPENDED, Status.EXPIRED)
#: How long before the end people are told, the last time first.
WARNINGS = (timedelta(days=1), timedelta(days=7))
BATCH = 1_000


class NoEnd(Exception):
    """Access has no end that could be moved in this state; the message says so."""

    def __init__(self):
        super().__init__(_("Only for people who are on the course, or whose access has ended."))


def due(*, now: datetime, limit: int = BATCH) -> list[UUID]:
    """The enrollments whose time is over, the longest first; at most `limit`."""
    over = Enrollment.objects.filter(status__in=RUNNING_OUT, expires_at__lte=now)
    return list(over.order_by("expires_at", "id").values_list("pk", flat=True)[:limit])


@transaction.atomic
def expire(enrollment_id: UUID, *, now: datetime) -> bool:
    """End somebody's access if its time is over: the seat is free, what was done is kept.

    Locks the enrollment and looks again, so work that came first counts and an extension holds. Returns whether
    access ended.
    """
    enrollment = lock(enrollment_id)
    if enrollment.status == Status.PAUSED and enrollment.has_ended(now):
        enrollment = change_state(enrollment_id, Status.ACTIVE, by=None, now=now)
    if enrollment.status != Status.ACTIVE or not enrollment.has_ended(now):
        return False
    change_state(enrollment_id, Status.EXPIRED, by=None, now=now)
    return True


def ending_soon(*, now: datetime) -> Iterator[tuple[Enrollment, int]]:
    """Those whose access ends within the first warning's time, with their course and the days of the warning due."""
    last, first = WARNINGS
    ending = Enrollment.objects.filter(
        status__in=RUNNING_OUT, expires_at__gt=now, expires_at__lte=now + first
    )
    ending = ending.select_related("course").order_by("expires_at", "id")
    for enrollment in ending.iterator(BATCH):
        warning = last if enrollment.expires_at <= now + last else first
        yield enrollment, warning.days


class Numbers(NamedTuple):
    """How many of some people are on the course, lost their access, and have no end that could be moved."""

    running: int
    ended: int
    others: int

    @property
    def movable(self) -> int:
        return self.running + self.ended


def numbers_of(people: QuerySet[Enrollment]) -> Numbers:
    """What moving the end of access would meet. One query."""
    counted = people.aggregate(
        every=Count("pk"),
        movable=Count("pk", filter=Q(status__in=MOVABLE)),
        ended=Count("pk", filter=Q(status=Status.EXPIRED)),
    )
    running = counted["movable"] - counted["ended"]
    return Numbers(running, counted["ended"], counted["every"] - counted["movable"])


@transaction.atomic
def move_end(
    enrollment_id: UUID, ends_at: datetime | None, *, by, now: datetime, reason: str = ""
) -> Enrollment:
    """Let somebody's access end at another time, None for never; who had lost it gets a seat again.

    Locks the enrollment; a repeat changes nothing. Raises NoEnd, and CourseFull where no seat is left.
    """
    enrollment = lock(enrollment_id)
    if enrollment.status not in MOVABLE:
        raise NoEnd
    said = _in_words(ends_at, reason)
    if enrollment.status == Status.EXPIRED:
        return bring_back(enrollment_id, by=by, now=now, reason=said, expires_at=ends_at)
    if enrollment.expires_at == ends_at:
        return enrollment
    enrollment.expires_at = ends_at
    enrollment.save(update_fields=["expires_at"])
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        student_id=enrollment.student_id,
        from_status=enrollment.status,
        to_status=enrollment.status,
        by=by,
        at=now,
        reason=said,
    )
    return enrollment


def _in_words(ends_at, reason):
    if ends_at is None:
        said = _("Access without an end.")
    else:
        said = _("Access until %(day)s.") % {"day": day_of(ends_at)}
    return f"{said} {reason}".strip()


def move_ends(
    enrollment_ids: Iterable[UUID], ends_at: datetime | None, *, by, now: datetime, reason: str = ""
) -> tuple[int, int]:
    """The same for many, each by itself; returns for how many it was done, and for how many it was not possible."""
    done = refused = 0
    for enrollment_id in enrollment_ids:
        try:
            move_end(enrollment_id, ends_at, by=by, now=now, reason=reason)
        except (NoEnd, CourseFull):
            refused += 1
        else:
            done += 1
    return done, refused
