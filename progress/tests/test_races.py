"""Two clicks at once complete a lesson, and a course, once."""

import functools

import pytest
from django.utils import timezone

from enrollments.models import EnrollmentChange
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from progress import services
from progress.invariants import check
from progress.models import LessonProgress
from progress.signals import course_completed, lesson_completed
from progress.tests.factories import course_with
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard():
    facts = []

    def lesson(sender, **kwargs):
        facts.append("lesson")

    def course(sender, **kwargs):
        facts.append("course")

    lesson_completed.connect(lesson)
    course_completed.connect(course)
    yield facts
    lesson_completed.disconnect(lesson)
    course_completed.disconnect(course)


def test_eight_clicks_at_once_complete_once(heard):
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        course, lessons = course_with(1)
        enrollment = EnrollmentFactory(course=course)

    def click():
        return services.complete_lesson(enrollment.pk, lessons[0].pk, now=timezone.now())

    results = race(school, [click] * 8)

    assert all(isinstance(result, LessonProgress) for result in results), results
    assert sorted(heard) == ["course", "lesson"]
    with organization_context(school):
        assert LessonProgress.objects.count() == 1
        assert EnrollmentChange.objects.filter(to_status="completed").count() == 1
        assert list(check()) == []


def test_all_lessons_at_once_add_up():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        course, lessons = course_with(3, 3)
        enrollment = EnrollmentFactory(course=course)

    def complete(lesson):
        return services.complete_lesson(enrollment.pk, lesson.pk, now=timezone.now())

    race(school, [functools.partial(complete, lesson) for lesson in lessons])

    with organization_context(school):
        enrollment.refresh_from_db()
        assert (enrollment.percent, enrollment.status) == (100, "completed")
        assert list(check()) == []


def test_reports_at_once_credit_the_time_once():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        course, lessons = course_with(2)
        enrollment = EnrollmentFactory(course=course)
    now = timezone.now()
    opened_at = now - timezone.timedelta(seconds=30)

    def report():
        return services.record_visit(
            enrollment.pk, lessons[0].pk, opened_at=opened_at, seconds=30, now=now
        )

    race(school, [report] * 8)

    with organization_context(school):
        progress = LessonProgress.objects.get()
        assert (progress.time_spent_seconds, progress.view_count) == (30, 1)
