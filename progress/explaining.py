"""Why 95 %? The number of a course with the modules it is made of and the lessons that are missing."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import ngettext

from content.outline import Outline, lessons_url
from enrollments.standing import Standing
from lib.decisions import Explanation, Part
from progress.arithmetic import percent_of
from progress.unlocking import Barrier, states_of


def explain_course(outline: Outline, *, completed: Collection[UUID]) -> Explanation:
    """The percentage of a course as lessons done per module; the parts add up to the whole. No query."""
    parts = []
    for module in outline.modules:
        done = sum(lesson.id in completed for lesson in module.lessons)
        total = len(module.lessons)
        parts.append(Part(module.title, done, total, str(module.id), is_missing=done < total))
    done, total = sum(part.value for part in parts), sum(part.out_of for part in parts)
    summary = ngettext(
        "%(done)d of %(num)d lesson is done.", "%(done)d of %(num)d lessons are done.", total
    ) % {"done": done, "num": total}
    return Explanation(percent_of(done, total), tuple(parts), summary)


def lessons_out_of_sight(outline: Outline, *, completed: Collection[UUID]) -> str:
    """What became of lessons that were done and are not shown any more, as a sentence; "" where all are there."""
    count = sum(lesson_id not in outline.places for lesson_id in completed)
    if not count:
        return ""
    text = ngettext(
        "%(num)d lesson that you did is not part of the course at the moment. It is kept for you, and does not count.",
        "%(num)d lessons that you did are not part of the course at the moment. They are kept for you, and do not count.",
        count,
    )
    return text % {"num": count}


def missing_lessons(
    standing: Standing,
    outline: Outline,
    *,
    completed: Collection[UUID],
    begun: Collection[UUID],
    barriers: Mapping[UUID, Barrier],
) -> list[dict]:
    """Per module what is done and which lessons are open, with where to go and why one cannot yet."""
    states = states_of(outline, completed=completed, begun=begun, barriers=barriers)
    base_url, is_open = lessons_url(standing.slug), standing.is_learning
    rows = []
    for module in outline.modules:
        open_lessons = [
            {
                "number": lesson.number,
                "title": lesson.title,
                "url": lesson.url(base_url) if is_open and states[lesson.id].is_linked else "",
                "reason": states[lesson.id].reason,
                "minutes": lesson.duration_minutes,
                "is_begun": states[lesson.id].shape == "active",
            }
            for lesson in module.lessons
            if lesson.id not in completed
        ]
        total = len(module.lessons)
        rows.append(
            {
                "number": module.number,
                "title": module.title,
                "done": total - len(open_lessons),
                "total": total,
                "percent": percent_of(total - len(open_lessons), total),
                "open_lessons": open_lessons,
            }
        )
    return rows
