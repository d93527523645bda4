"""How one visitor stands to a learning path: their place on it, and the state of each step."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from content.models import LearningPath
from content.paths_page import ShownStep
from enrollments.models import Enrollment, PathEnrollment
from enrollments.paths import decide_joining
from lib.decisions import Decision, Reason

Status = Enrollment.Status


@dataclass(frozen=True, slots=True)
class StepState:
    """`kind` is one of done, active, waiting, open, locked and closed; `reason` says why it is not open."""

    kind: str
    percent: Decimal | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class PathStanding:
    """`place` is None for who does not follow the path; `next` is the step to go on with, if there is one."""

    place: PathEnrollment | None
    decision: Decision | None
    states: dict[UUID, StepState] = field(default_factory=dict)
    next: ShownStep | None = None


def path_standing(request, path: LearningPath, steps: list[ShownStep]) -> PathStanding:
    """For templates. Three queries; none for visitors, so that the page can be kept for all of them."""
    user = request.user
    if not user.is_authenticated:
        return PathStanding(None, decide_joining(user, path))
    place = PathEnrollment.objects.staying().filter(path=path, student=user).first()
    courses = [step.course_id for step in steps]
    own = Enrollment.objects.filter(student=user, course__in=courses)
    enrollments = {row.course_id: row for row in own.only("course_id", "status", "percent")}
    states = states_of(path, steps, enrollments, is_followed=place is not None)
    if place is None:
        return PathStanding(None, decide_joining(user, path), states)
    return PathStanding(place, None, states, _next_step(steps, states))


def states_of(
    path: LearningPath,
    steps: Iterable[ShownStep],
    enrollments: dict[UUID, Enrollment],
    *,
    is_followed: bool,
) -> dict[UUID, StepState]:
    """The state of each step by its id. The order of the path holds for those who follow it."""
    states: dict[UUID, StepState] = {}
    first_open = None
    for step in steps:
        waits_for = first_open if path.is_sequential and is_followed else None
        states[step.id] = _state(step, enrollments.get(step.course_id), waits_for)
        if first_open is None and step.is_required and states[step.id].kind != "done":
            first_open = step
    return states


def _state(step, enrollment, waits_for):
    status = enrollment.status if enrollment else None
    if status == Status.COMPLETED:
        return StepState("done")
    if status in (Status.ACTIVE, Status.PAUSED):
        return StepState("active", enrollment.percent)
    if status == Status.PENDING:
        text = _("Its teachers still decide whether you may join.")
        return StepState("waiting", reason=Reason("pending", text))
    if status == Status.SUSPENDED:
        text = _("Your place is suspended. Ask its teachers why.")
        return StepState("closed", reason=Reason("suspended", text))
    if not step.is_open:
        text = _("This course takes nobody at the moment.")
        return StepState("closed", reason=Reason("closed", text))
    if waits_for is not None:
        return StepState("locked", reason=_finish_first(waits_for))
    return StepState("open")


def _finish_first(step):
    text = _("Complete step %(number)d first.") % {"number": step.number}
    return Reason("order", text, f"#{step.anchor}", step.title or _("Go there"))


def _next_step(steps, states):
    """What is under way before what could begin; required steps before others."""
    for kind in ("active", "open"):
        found = [step for step in steps if states[step.id].kind == kind]
        if found:
            return min(found, key=lambda step: (not step.is_required, step.number))
    return None
