"""What a student's own pages show of all their courses."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from content.outline import outline_of
from content.rules import opening_of, opening_text
from courses.models import Course
from enrollments.tests.factories import EnrollmentFactory
from progress.overview import NextLesson, next_lessons
from progress.tests.factories import LessonProgressFactory, course_with
from progress.unlocking import Pace, barriers_of

NOW = timezone.now()

pytestmark = pytest.mark.django_db


def done(enrollment, *lessons):
    for lesson in lessons:
        LessonProgressFactory(
            enrollment=enrollment, lesson=lesson, completed_at=NOW, completion_method="manual"
        )


def test_next_lesson_is_the_first_that_is_not_done(organization):
    course, lessons = course_with(2, 2)
    new, begun, ahead, finished = (EnrollmentFactory(course=course) for _ in range(4))
    LessonProgressFactory(enrollment=new, lesson=lessons[0])
    done(begun, *lessons[:3])
    done(ahead, lessons[0], lessons[2])
    done(finished, *lessons)

    assert next_lessons([new.pk, begun.pk, ahead.pk, finished.pk], now=timezone.now()) == {
        new.pk: NextLesson("1.1", lessons[0].title, lessons[0].slug),
        begun.pk: NextLesson("2.2", lessons[3].title, lessons[3].slug),
        ahead.pk: NextLesson("1.2", lessons[1].title, lessons[1].slug),
    }


def test_trashed_lessons_and_modules_neither_come_next_nor_count(organization):
    course, lessons = course_with(1, 3)
    enrollment = EnrollmentFactory(course=course)
    for thing in (lessons[0].module, lessons[1]):
        type(thing).objects.filter(pk=thing.pk).update(deleted_at=NOW)
    done(enrollment, lessons[2])

    assert next_lessons([enrollment.pk], now=timezone.now()) == {
        enrollment.pk: NextLesson("1.2", lessons[3].title, lessons[3].slug)
    }


TOMORROW = NOW + timedelta(days=1)
LATER = NOW + timedelta(days=3)


def set_rules(part, **rules):
    type(part).objects.filter(pk=part.pk).update(**rules)


def next_of(enrollment, now=NOW):
    found = next_lessons([enrollment.pk], now=now).get(enrollment.pk)
    return found and (found.number, found.opening)


def test_lesson_that_is_not_open_yet_is_passed_over(organization, django_assert_num_queries):
    course, lessons = course_with(3, 1)
    enrollment = EnrollmentFactory(course=course)
    set_rules(lessons[0], opens_at=TOMORROW)
    with django_assert_num_queries(2):
        assert next_of(enrollment) == ("1.2", "")
    assert next_of(enrollment, now=TOMORROW) == ("1.1", "")
    done(enrollment, *lessons[1:])
    assert next_of(enrollment) == ("1.1", opening_text(TOMORROW))


def test_where_all_wait_the_one_that_opens_first_comes_next(organization):
    course, lessons = course_with(2, 1)
    enrollment = EnrollmentFactory(course=course)
    set_rules(lessons[0].module, opens_at=LATER)
    set_rules(lessons[2], opens_at=TOMORROW)
    assert next_of(enrollment) == ("2.1", opening_text(TOMORROW))
    set_rules(lessons[2].module, opens_at=LATER + timedelta(days=1))
    assert next_of(enrollment) == ("1.1", opening_text(LATER))


@pytest.mark.parametrize(
    ("is_sequential", "order", "expected"),
    [
        (True, "course", ("1.1", True)),
        (True, "free", ("1.2", False)),
        (False, "sequential", ("2.1", False)),
        (False, "course", ("1.2", False)),
    ],
)
def test_what_waits_for_another_lesson_does_not_come_next(
    organization, is_sequential, order, expected
):
    course, lessons = course_with(2, 1, is_sequential=is_sequential)
    enrollment = EnrollmentFactory(course=course)
    set_rules(lessons[0], opens_at=TOMORROW)
    set_rules(lessons[0].module, lesson_order=order)
    number, opening = next_of(enrollment)
    assert (number, bool(opening)) == expected


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Pitcairn"])
def test_days_after_the_enrollment_are_counted_as_on_the_lessons_page(organization, zone):
    enrolled_at = datetime(2026, 1, 1, 22, 30, tzinfo=UTC)
    course, (lesson,) = course_with(1)
    enrollment = EnrollmentFactory(course=course, enrolled_at=enrolled_at)
    set_rules(lesson, opens_after_days=3)
    lesson.refresh_from_db()
    with timezone.override(ZoneInfo(zone)):
        opens_at = opening_of(lesson, enrolled_at=enrolled_at)
        assert next_of(enrollment, now=opens_at) == ("1.1", "")
        before = next_of(enrollment, now=opens_at - timedelta(seconds=1))
    day = "Monday, Jan. 5" if zone == "Asia/Tokyo" else "Sunday, Jan. 4"
    assert before == ("1.1", f"Opens on {day}, 2026")


def as_on_the_lessons_page(enrollment, completed):
    """The same by the rules that open doors: the first open lesson, else the one that opens first."""
    outline = outline_of(Course.objects.get(pk=enrollment.course_id))
    pace = Pace(enrollment.course.is_sequential, enrollment.enrolled_at, NOW)
    barriers = barriers_of(outline, completed=completed, pace=pace)
    waiting = []
    for lesson in outline.lessons:
        barrier = barriers.get(lesson.id)
        if lesson.id in completed or (barrier and barrier.finish_first):
            continue
        waiting.append((barrier.opens_at if barrier else NOW, len(waiting), lesson, barrier))
    if not waiting:
        return None
    _at, _place, lesson, barrier = min(waiting)
    return (lesson.number, barrier.text if barrier else "")


@pytest.mark.parametrize("seed", range(12))
def test_what_comes_next_agrees_with_the_doors(organization, seed):
    chance = random.Random(seed)
    course, lessons = course_with(3, 1, 3, is_sequential=chance.random() < 0.5)
    releases = [{}, {}, {"opens_at": TOMORROW}, {"opens_at": LATER}, {"opens_after_days": 2}]
    for lesson in lessons:
        set_rules(lesson, **chance.choice(releases))
        order = chance.choice(["course", "sequential", "free"])
        set_rules(lesson.module, lesson_order=order)
        set_rules(lesson, is_draft=chance.random() < 0.1)
    for module in {lesson.module_id: lesson.module for lesson in lessons}.values():
        set_rules(module, **chance.choice(releases))
    enrollment = EnrollmentFactory(course=course, enrolled_at=NOW - timedelta(days=1))
    completed = chance.sample(lessons, chance.randrange(len(lessons)))
    done(enrollment, *completed)

    assert next_of(enrollment) == as_on_the_lessons_page(enrollment, {one.pk for one in completed})
