"""Details of visits go when a course is behind somebody; what was learned goes with the records."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.tests.factories import LessonFactory
from enrollments import invariants as of_enrollments
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.tests.factories import EnrollmentFactory
from privacy import retention, services
from privacy.periods import months_later
from privacy.tests.factories import ErasureRequestFactory
from progress import invariants as of_progress
from progress.models import LessonProgress, ModuleProgress, PreviewWork
from progress.tests.factories import LessonProgressFactory, ModuleProgressFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
OVER = months_later(NOW, -12) - timedelta(days=1)
YOUNG = months_later(NOW, -12) + timedelta(days=1)
Status = Enrollment.Status


def visited(status, at):
    """A lesson opened three times by somebody whose enrollment is in this state, last at this time."""
    row = LessonProgressFactory(view_count=3, last_viewed_at=at, time_spent_seconds=60)
    done = {"completed_at": at} if status == Status.COMPLETED else {}
    if status in (Status.EXPIRED, Status.WITHDRAWN, Status.COMPLETED):
        Enrollment.objects.filter(pk=row.enrollment_id).update(status=status, **done)
    Enrollment.objects.filter(pk=row.enrollment_id).update(last_accessed_at=at)
    return row


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.WITHDRAWN, Status.EXPIRED])
def test_visits_of_a_course_long_behind_are_forgotten_and_the_work_stays(organization, status):
    row = visited(status, OVER)

    assert retention.apply(now=NOW, is_rehearsal=True)["visits"] == 1
    assert retention.apply(now=NOW)["visits"] == 1
    assert retention.apply(now=NOW)["visits"] == 0

    row.refresh_from_db()
    assert (row.view_count, row.last_viewed_at, row.time_spent_seconds) == (0, None, 60)


@pytest.mark.parametrize(("status", "at"), [(Status.ACTIVE, OVER), (Status.COMPLETED, YOUNG)])
def test_visits_of_a_course_under_way_or_just_finished_stay(organization, status, at):
    row = visited(status, at)
    assert retention.apply(now=NOW)["visits"] == 0
    row.refresh_from_db()
    assert (row.view_count, row.last_viewed_at) == (3, at)


def test_previews_that_led_nowhere_are_forgotten(organization):
    for at in (OVER, YOUNG):
        PreviewWork.objects.create(
            student=UserFactory(), lesson=LessonFactory(), started_at=at, last_viewed_at=at
        )
    assert retention.apply(now=NOW)["visits"] == 1
    assert PreviewWork.objects.get().last_viewed_at == YOUNG


def test_records_of_the_erased_go_on_the_day_that_the_proof_names(organization):
    enrollment = EnrollmentFactory(course__published=True)
    row = LessonProgressFactory(enrollment=enrollment)
    ModuleProgressFactory(enrollment=enrollment, module=row.lesson.module)
    others = LessonProgressFactory(enrollment__course=enrollment.course)
    asked = ErasureRequestFactory(
        person=enrollment.student, approved=True, decided_by=UserFactory(admin=True)
    )
    services.carry_out_erasure(asked.pk, now=NOW)
    last_day = months_later(NOW, 120) - timedelta(days=1)

    assert retention.apply(now=last_day)["records"] == 0
    assert Enrollment.objects.filter(student=enrollment.student).exists()
    assert retention.apply(now=months_later(NOW, 120))["records"] >= 3
    assert retention.apply(now=months_later(NOW, 121))["records"] == 0

    for model in (Enrollment, EnrollmentChange, LessonProgress, ModuleProgress):
        assert not model.objects.filter(student=enrollment.student).exists()
    others.refresh_from_db()
    assert list(of_enrollments.check()) == []
    assert {found.get("enrollment") for found in of_progress.check()} <= {str(others.enrollment_id)}
