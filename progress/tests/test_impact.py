"""What a change of a course would do to people: found out without doing it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from content.models import Lesson
from content.services import outline
from courses import impact
from courses.models import Course
from courses.services import archive_course, trash_course, unpublish_course, update_course
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from progress import services
from progress.impact import measure_reached
from progress.tests.factories import LessonProgressFactory, course_with

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY = {"by": None, "now": NOW}
TABLES = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""


def done(course, *lessons, **fields):
    """Somebody on the course who has done these lessons."""
    enrollment = EnrollmentFactory(course=course, enrolled_at=NOW, **fields)
    for lesson in lessons:
        LessonProgressFactory(
            enrollment=enrollment,
            lesson=lesson,
            completed_at=NOW,
            completion_method="manual",
        )
    return enrollment


def texts(course, change):
    return [(effect.text, effect.is_grave) for effect in impact.impact_of(course, change, now=NOW)]


def everything():
    """All rows of the database, as one checksum for each table."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        sums = {}
        for name in tables:
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {name} t"
            )
            sums[name] = cursor.fetchone()
        return sums


def test_trashed_lesson_tells_whose_progress_falls_rises_and_is_whole(organization):
    course, (first, second, third, fourth) = course_with(4)
    done(course, first)
    done(course, second)
    done(course, second, third, fourth)

    assert texts(course, lambda: outline.trash_part(first, **BY)) == [
        ("The progress of 1 student falls, by 25 points.", True),
        ("1 lesson can no longer be seen by 3 students.", True),
        ("The progress of 2 students rises, by up to 25 points.", False),
        ("1 student has done all lessons by that, and completes the course.", False),
    ]


def test_new_lesson_opens_one_for_those_who_had_all_but_not_for_completed(organization):
    course, lessons = course_with(2)
    draft = Lesson.objects.get(pk=lessons[1].pk)
    draft.is_draft = True
    draft.save()
    done(course, lessons[0])
    done(course, lessons[0], status=Enrollment.Status.COMPLETED, completed_at=NOW, percent=100)

    def show():
        Lesson.objects.filter(pk=draft.pk).update(is_draft=False)

    assert texts(course, show) == [
        ("The progress of 1 student falls, by 50 points.", True),
        ("1 student who has done all lessons has one open again.", True),
    ]


def test_measured_percentages_are_those_that_are_derived(organization):
    course, lessons = course_with(2, 1)
    enrollments = [done(course, *lessons[:count]) for count in range(3)]
    outline.trash_part(lessons[0], **BY)

    measured = measure_reached(course, NOW)

    for enrollment in enrollments:
        assert services.rederive(enrollment.pk, now=NOW).percent == measured[enrollment.pk].percent


def test_people_keep_an_unpublished_course_and_lose_one_in_the_trash(organization):
    course, lessons = course_with(1)
    done(course)
    done(course, status=Enrollment.Status.PAUSED)
    done(course, status=Enrollment.Status.WITHDRAWN)
    gone = ("It leaves the catalogue, and nobody can join it any more.", False)
    kept = ("2 people on it keep it as it is.", False)

    assert texts(course, lambda: unpublish_course(course.pk, **BY)) == [gone, kept]
    assert texts(course, lambda: archive_course(course.pk, **BY)) == [gone, kept]
    assert texts(course, lambda: trash_course(course.pk, **BY)) == [
        ("2 people on it no longer see it. Their progress is kept.", True),
        gone,
    ]


@pytest.mark.parametrize(
    ("visibility", "text"),
    [
        ("private", "It leaves the catalogue, and only who is invited can join it."),
        ("public", "Only who is invited can join it."),
    ],
)
def test_settings_tell_who_can_still_join(organization, visibility, text):
    course, _lessons = course_with(1)
    fields = {"enrollment_type": "restricted", "visibility": visibility}

    assert texts(course, lambda: update_course(course.pk, **BY, **fields)) == [(text, False)]


def test_settings_tell_of_seats_above_the_limit_and_of_those_who_wait(organization):
    course, _lessons = course_with(1)
    for _number in range(3):
        done(course)
    update_course(course.pk, enrollment_type=Course.EnrollmentType.APPROVAL, **BY)
    done(course, status=Enrollment.Status.PENDING, approval_requested_at=NOW)
    fields = {"max_capacity": 1, "enrollment_type": "open", "visibility": "private"}

    assert texts(course, lambda: update_course(course.pk, **BY, **fields)) == [
        ("It leaves the catalogue: only the people on it still find it.", False),
        ("1 person waits for approval and still needs an answer.", False),
        ("3 seats are taken, 2 more than there would be. Nobody loses theirs.", False),
    ]


def test_another_end_of_access_is_for_those_who_join_from_then_on(organization):
    course = course_with(1)[0]
    assert texts(course, lambda: update_course(course.pk, access_days=30, **BY)) == []
    done(course)
    said = texts(course, lambda: update_course(course.pk, access_days=30, **BY))
    assert said == [
        (
            "1 person on it keeps the end of access that they have. "
            "The new one is for those who join from now on.",
            False,
        )
    ]


def test_lessons_in_order_lock_for_those_who_have_not_come_so_far(organization):
    course, (first, second, third) = course_with(2, 1)
    done(course)
    done(course, first)
    done(course, first, second, third)

    in_order = texts(course, lambda: update_course(course.pk, **BY, is_sequential=True))
    assert in_order == [("Locked for 2 students: 2 lessons.", True)]

    update_course(course.pk, **BY, is_sequential=True)
    free = texts(course, lambda: update_course(course.pk, **BY, is_sequential=False))
    assert free == [("Open for 2 students: 2 lessons.", False)]


def test_dates_lock_for_those_who_have_not_done_the_lesson(organization):
    course, (first, second) = course_with(2)
    done(course)
    done(course, second)
    later = NOW + timedelta(days=3)

    def change():
        outline.update_lesson(Lesson.objects.get(pk=second.pk), opens_at=later, **BY)

    assert texts(course, change) == [("Locked for 1 student: 1 lesson.", True)]


def test_days_after_enrolling_lock_for_those_who_came_late(organization):
    course, (first, second) = course_with(2)
    for days in (1, 5, 9):
        EnrollmentFactory(course=course, enrolled_at=NOW - timedelta(days=days))

    def change():
        outline.update_lesson(Lesson.objects.get(pk=second.pk), opens_after_days=7, **BY)

    assert texts(course, change) == [("Locked for 2 students: 1 lesson.", True)]


def test_course_without_people_feels_nothing_of_its_lessons(organization):
    course, lessons = course_with(2)

    assert impact.change_unless_felt(
        course, lambda: outline.trash_part(lessons[0], **BY), now=NOW
    ) == []  # fmt: skip
    assert Lesson.objects.live().count() == 1


def test_felt_change_is_not_made(organization):
    course, lessons = course_with(2)
    done(course)

    effects = impact.change_unless_felt(
        course, lambda: outline.trash_part(lessons[0], **BY), now=NOW
    )

    assert [effect.is_grave for effect in effects] == [True]
    assert Lesson.objects.live().count() == 2


def test_looking_at_an_impact_writes_nothing_tells_nobody_and_remembers_nothing(
    organization, django_capture_on_commit_callbacks, monkeypatch
):
    course, lessons = course_with(3, 2)
    for lesson in lessons:
        done(course, lesson)
    before = everything()
    remembered = []
    monkeypatch.setattr(cache, "set", lambda key, *rest, **options: remembered.append(key))
    monkeypatch.setattr(cache, "add", lambda key, *rest, **options: remembered.append(key))

    with django_capture_on_commit_callbacks() as callbacks:
        for change in (
            lambda: outline.trash_part(Lesson.objects.get(pk=lessons[0].pk), **BY),
            lambda: unpublish_course(course.pk, **BY),
            lambda: trash_course(course.pk, **BY),
            lambda: update_course(course.pk, **BY, max_capacity=1),
        ):
            assert impact.impact_of(course, change, now=NOW)

    assert everything() == before
    assert callbacks == []
    assert not remembered


def test_refused_change_is_refused_when_it_is_looked_at(organization):
    course, lessons = course_with(1)
    outline.trash_part(lessons[0], **BY)

    with pytest.raises(outline.OutlineRefused):
        impact.impact_of(course, lambda: outline.move_lesson(lessons[0], position=1, **BY), now=NOW)


@pytest.mark.parametrize("count", [1, 3])
def test_impact_costs_the_same_for_few_and_many(organization, count, django_assert_num_queries):
    course, lessons = course_with(2)
    for _number in range(count):
        done(course, lessons[0])

    with django_assert_num_queries(35):
        impact.impact_of(course, lambda: unpublish_course(course.pk, **BY), now=NOW)
