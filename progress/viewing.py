"""Who may open a lesson now, and what the page has to know about its reader."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.translation import gettext as _

from content.outline import Outline, OutlineLesson, lessons_url
from content.rules import as_sentence, closed_until, opening_text
from enrollments.ending import day_of
from enrollments.models import Enrollment
from enrollments.standing import Standing
from lib.decisions import Decision, Reason, allow, refuse
from lib.rows import fetch_rows
from progress.unlocking import Barrier, Pace, barriers_of, next_lesson, next_open_lesson

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


def barriers_for(
    standing: Standing, outline: Outline, *, completed: set[UUID], now: datetime
) -> Mapping[UUID, Barrier]:
    """What each lesson that is closed to this person waits for; none are for those who are not learning."""
    if not standing.is_learning:
        return {}
    pace = Pace(standing.is_sequential, standing.enrolled_at, now, standing.begins_at)
    return barriers_of(outline, completed=completed, pace=pace)


def decide_opening(
    standing: Standing,
    outline: Outline,
    lesson: OutlineLesson,
    *,
    barriers: Mapping[UUID, Barrier],
    now: datetime,
) -> Decision:
    """Whether this person may read the lesson; no query. The reasons say what opens it."""
    if standing.is_learning:
        barrier = barriers.get(lesson.id)
        return allow() if barrier is None else refuse(*_reasons(barrier, standing.slug))
    if standing.teaches:
        return allow()
    if lesson.is_preview:
        opens_at = preview_closed_until(outline, lesson, now=now)
        return allow() if opens_at is None else refuse(_not_yet(opens_at))
    return refuse(_why_closed(standing, lesson, reverse("courses:detail", args=[standing.slug])))


def preview_closed_until(
    outline: Outline, lesson: OutlineLesson, *, now: datetime
) -> datetime | None:
    """When a preview opens that does not yet to people who are not on the course."""
    return closed_until(outline.module_of[lesson.id], lesson, enrolled_at=None, now=now)


def _reasons(barrier, slug):
    if barrier.opens_at is not None:
        yield _not_yet(barrier.opens_at)
    if barrier.finish_first is not None:
        first = barrier.finish_first
        text = _("Finish %(number)s first") % {"number": first.number}
        label = _("Go to “%(lesson)s”") % {"lesson": first.title}
        yield Reason("locked", as_sentence(text), first.url(lessons_url(slug)), label)


def _not_yet(opens_at):
    return Reason("not_yet", as_sentence(opening_text(opens_at)))


def _why_closed(standing, lesson, course_url):
    if standing.user is None:
        url = f"{reverse('account_login')}?next={lesson.url(lessons_url(standing.slug))}"
        return Reason("sign_in", _("This lesson is for people on the course."), url, _("Sign in"))
    texts = {
        Status.PAUSED: _("You have paused this course. Resume it to go on."),
        Status.SUSPENDED: _("Your place on this course is suspended. Ask its teachers why."),
        Status.PENDING: _("Your request to join this course is waiting for an answer."),
    }
    if standing.state == Status.EXPIRED:
        return _access_has_ended(standing)
    text = texts.get(standing.state, _("Enroll to open this lesson."))
    return Reason(f"not_learning_{standing.state or 'yet'}", text, course_url, _("To the course"))


def _access_has_ended(standing):
    text = _("Your access to this course has ended. What you did is kept.")
    if standing.expires_at is not None:
        values = {"day": day_of(standing.expires_at)}
        text = _("Your access to this course ended on %(day)s. What you did is kept.") % values
    url = reverse("progress:course_progress", args=[standing.slug])
    return Reason("not_learning_expired", text, url, _("See what you did"))


def lesson_to_go_on_with(
    outline: Outline,
    *,
    completed: set[UUID],
    barriers: Mapping[UUID, Barrier],
    last_lesson_id: UUID | None,
) -> OutlineLesson | None:
    """Where to resume: the lesson last worked on, else the next open one; None where none is open yet."""
    last = outline.get(last_lesson_id) if last_lesson_id else None
    if last is not None and last.id not in completed and last.id not in barriers:
        return last
    if next_lesson(outline, completed=completed) is None:
        return last or (outline.lessons[0] if outline.lessons else None)
    return next_open_lesson(outline, completed=completed, barriers=barriers)


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
