"""What a student's own pages show of all their courses."""

import pytest
from django.utils import timezone

from enrollments.tests.factories import EnrollmentFactory
from progress.overview import NextLesson, next_lessons
from progress.tests.factories import LessonProgressFactory, course_with

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

    assert next_lessons([new.pk, begun.pk, ahead.pk, finished.pk]) == {
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

    assert next_lessons([enrollment.pk]) == {
        enrollment.pk: NextLesson("1.2", lessons[3].title, lessons[3].slug)
    }
