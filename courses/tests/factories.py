"""Courses for tests."""

import factory
from django.utils import timezone

from courses.models import Course, CourseStaff, Subject
from users.tests.factories import UserFactory


class SubjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subject

    title = factory.Sequence(lambda number: f"Subject {number}")
    slug = factory.Sequence(lambda number: f"subject-{number}")


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    class Params:
        published = factory.Trait(
            status=Course.Status.PUBLISHED, published_at=factory.LazyFunction(timezone.now)
        )

    title = factory.Sequence(lambda number: f"Course {number}")
    slug = factory.Sequence(lambda number: f"course-{number}")
    subject = factory.SubFactory(SubjectFactory)
    owner = factory.SubFactory(UserFactory, instructor=True)


class CourseStaffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseStaff

    course = factory.SubFactory(CourseFactory)
    user = factory.SubFactory(UserFactory, instructor=True)
