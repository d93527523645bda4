"""Courses for tests."""

import factory
from django.utils import timezone

from courses.models import Course, CourseReview, CourseStaff, RoleAssignment, Subject
from users.models import Permission, Role
from users.permissions import forget_grants
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


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role

    name = factory.Sequence(lambda number: f"Role {number}")
    permissions = [Permission.ENROLLMENT_SEE]


class RoleAssignmentFactory(factory.django.DjangoModelFactory):
    """For the whole organization; with `course`, for one."""

    class Meta:
        model = RoleAssignment
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    role = factory.SubFactory(RoleFactory)

    @factory.post_generation
    def known_to_the_user(assignment, create, extracted, **kwargs):
        forget_grants(assignment.user)


class CourseReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CourseReview

    course = factory.SubFactory(CourseFactory, published=True)
    author = factory.SubFactory(UserFactory)
    rating = 4
