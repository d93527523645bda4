"""Who may review a course: whoever the higher floors, which know what people learned, have nothing against."""

from collections.abc import Callable
from uuid import UUID

from lib.decisions import Decision, Reason, allow, refuse

#: What speaks against a review by somebody (anonymous or not) of a course; None where nothing does.
Objection = Callable[[object, UUID], Reason | None]

_objections: list[Objection] = []


def register(objection: Objection) -> None:
    """Add a question that is asked before every review; made in `ready()`."""
    if objection not in _objections:
        _objections.append(objection)


def decide_review(user, course_id: UUID) -> Decision:
    """Whether the person may write or change a review of the course. One query for each floor that asks."""
    for objection in _objections:
        if reason := objection(user, course_id):
            return refuse(reason)
    return allow()
