"""What staff write to people of their course."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from enrollments import tasks
from enrollments.models import Enrollment
from enrollments.notices import MESSAGE
from notifications.services import notify
from tenancy.context import require_organization_id

Status = Enrollment.Status

CHUNK = 200
#: Who left, or was never let in, is not written to.
REACHED = (*Enrollment.SEAT_HOLDING, Status.PENDING, Status.EXPIRED)


def send_message(
    course, enrollment_ids: Iterable[UUID], *, subject: str, text: str, key: UUID, by
) -> int:
    """Write to people of a course, by the worker after the commit; returns to how many.

    `key` names the message: nobody gets it twice, however often it is sent. Who is not REACHED gets nothing.
    """
    people = Enrollment.objects.filter(pk__in=enrollment_ids, course=course, status__in=REACHED)
    students = [str(student_id) for student_id in people.values_list("student", flat=True)]
    facts = {
        "title": course.title,
        "slug": course.slug,
        "subject": subject,
        "text": text,
        "sender": by.display_name,
    }
    for start in range(0, len(students), CHUNK):
        tasks.deliver_message.defer(
            organization_id=str(require_organization_id()),
            key=str(key),
            facts=facts,
            students=students[start : start + CHUNK],
        )
    return len(students)


def deliver(students: Iterable[str], *, facts: dict, key: str, now: datetime) -> int:
    """Tell people what was written to them; returns how many had not been told of it."""
    ids = [UUID(student) for student in students]
    return len(notify(ids, MESSAGE, source=f"message:{key}", facts=facts, now=now))
