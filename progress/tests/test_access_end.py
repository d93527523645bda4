"""After the end of access nothing counts, also before the place has become an expired one; what was done is shown."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollments.models import Enrollment
from enrollments.services import expiry
from enrollments.tests.factories import EnrollmentFactory
from progress import services as work
from progress.tests.factories import course_with

NOW = timezone.now()


@pytest.fixture
def place(organization):
    return EnrollmentFactory(course=course_with(2)[0], expires_at=NOW)


def test_work_counts_until_the_end_and_not_after(place):
    first, second = place.course.modules.get().lessons.order_by("position")
    work.complete_lesson(place.pk, first.pk, now=NOW - timedelta(seconds=1))
    with pytest.raises(work.NotLearning, match="has ended"):
        work.complete_lesson(place.pk, second.pk, now=NOW)
    assert Enrollment.objects.get(pk=place.pk).percent == 50


def test_expired_place_shows_what_was_done_and_why_lessons_are_closed(client, place):
    first, second = place.course.modules.get().lessons.order_by("position")
    work.complete_lesson(place.pk, first.pk, now=NOW - timedelta(seconds=1))
    assert expiry.expire(place.pk, now=NOW)
    client.force_login(place.student)
    course = f"/courses/{place.course.slug}/"

    shown = client.get(f"{course}progress/").content.decode()
    assert "50 %" in shown
    assert "Your access ended on" in shown
    assert f"{course}lessons/{second.slug}/" not in shown
    locked = client.get(f"{course}lessons/{second.slug}/")
    assert locked.status_code == 403
    assert "Your access to this course ended on" in locked.content.decode()
    assert client.post(f"{course}lessons/{second.slug}/complete/").status_code == 302
    assert Enrollment.objects.get(pk=place.pk).percent == 50
