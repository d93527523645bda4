"""Who may open a lesson now, and what the page has to know about its reader."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from content.outline import Outline, OutlineLesson, lessons_url
from enrollments.models import Enrollment
from enrollments.standing import Standing
from lib.decisions import Decision, Reason, allow, refuse
from lib.rows import fetch_rows
from progress.unlocking import blocking_lesson, finish_first, next_lesson

Status = Enrollment.Status

DONE_AND_BEGUN = """
SELECT lesson_id, completed_at IS NOT NULL AS is_done FROM progress_lessonprogress WHERE enrollment_id = %s
"""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_signer = Signer(salt="progress.opened")


def work_of(enrollment_id: UUID | None) -> tuple[set[UUID], set[UUID]]:
    """The lessons that an enrollment has completed, and all that it has begun. One query."""
    if enrollment_id is None:
        return set(), set()
    rows = fetch_rows(DONE_AND_BEGUN, [enrollment_id])
    return {row.lesson_id for row in rows if row.is_done}, {row.lesson_id for row in rows}


def decide_opening(
    standing: Standing, outline: Outline, lesson: OutlineLesson, *, completed: set[UUID]
) -> Decision:
    """Whether this person may read the lesson; no query. The reasons say what opens it."""
    if standing.is_learning:
        barrier = blocking_lesson(
            outline, lesson.id, completed=completed, is_sequential=standing.is_sequential
        )
        if barrier is None:
            return allow()
        url = barrier.url(lessons_url(standing.slug))
        label = _("Go to “%(lesson)s”") % {"lesson": barrier.title}
        return refuse(Reason("locked", _("%(why)s.") % {"why": finish_first(barrier)}, url, label))
    if standing.teaches or lesson.is_preview:
        return allow()
    return refuse(_why_closed(standing, lesson, reverse("courses:detail", args=[standing.slug])))


def _why_closed(standing, lesson, course_url):
    if standing.user is None:
        url = f"{reverse('account_login')}?next={lesson.url(lessons_url(standing.slug))}"
        return Reason("sign_in", _("This lesson is for people on the course."), url, _("Sign in"))
    texts = {
        Status.PAUSED: _("You have paused this course. Resume it to go on."),
        Status.SUSPENDED: _("Your place on this course is suspended. Ask its teachers why."),
        Status.PENDING: _("Your request to join this course is waiting for an answer."),
        Status.EXPIRED: _("Your access to this course has ended."),
    }
    text = texts.get(standing.state, _("Enroll to open this lesson."))
    return Reason(f"not_learning_{standing.state or 'yet'}", text, course_url, _("To the course"))


def lesson_to_go_on_with(
    outline: Outline, *, completed: set[UUID], last_lesson_id: UUID | None
) -> OutlineLesson | None:
    """Where to resume: the lesson last worked on, else the next open one; None without lessons."""
    last = outline.get(last_lesson_id) if last_lesson_id else None
    if last is not None and last.id not in completed:
        return last
    open_lesson = next_lesson(outline, completed=completed)
    if open_lesson is not None:
        return open_lesson
    return last or (outline.lessons[0] if outline.lessons else None)


def opened_token(enrollment_id: UUID, lesson_id: UUID, now: datetime) -> str:
    """When the server gave out a lesson's page, signed, so that the browser can bring it back."""
    return _signer.sign(f"{enrollment_id.hex}.{lesson_id.hex}.{(now - EPOCH) // MICROSECOND}")


def opened_at(token: str, enrollment_id: UUID, lesson_id: UUID) -> datetime | None:
    """The time in a token of this very enrollment and lesson; None for any other."""
    try:
        enrollment, lesson, micros = _signer.unsign(token).split(".")
    except (BadSignature, ValueError):
        return None
    if (enrollment, lesson) != (enrollment_id.hex, lesson_id.hex):
        return None
    return EPOCH + int(micros) * MICROSECOND
