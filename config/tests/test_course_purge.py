"""A course that anybody is or was on is never deleted for good."""

import pytest
from django.utils import timezone

from courses import services
from courses.errors import StillInUse
from courses.models import Course
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", ["active", "withdrawn"])
def test_course_with_records_of_people_stays_in_the_trash(organization, status):
    enrollment, now = EnrollmentFactory(status=status), timezone.now()
    services.trash_course(enrollment.course_id, by=None, now=now)

    with pytest.raises(StillInUse, match="stays in the trash"):
        services.purge_course(enrollment.course_id, by=None, now=now)

    assert Course.objects.filter(pk=enrollment.course_id).exists()
    assert Enrollment.objects.get() == enrollment
