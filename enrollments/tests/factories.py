"""Enrollments for tests."""

import factory
from django.utils import timezone

from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from users.tests.factories import UserFactory


class EnrollmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrollment

    class Params:
        approved = factory.Trait(
            approved_by=factory.SelfAttribute("course.owner"),
            approved_at=factory.SelfAttribute("enrolled_at"),
        )

    course = factory.SubFactory(CourseFactory, published=True)
    student = factory.SubFactory(UserFactory)
    enrolled_at = factory.LazyFunction(timezone.now)
