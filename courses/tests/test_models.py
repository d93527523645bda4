"""What the database refuses, and what it keeps by itself."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import Course, CoursePrerequisite, CourseSeats, FormerSlug
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"status": "lost", "published_at": timezone.now()}, "courses_course_status_known"),
        ({"visibility": "some"}, "courses_course_visibility_known"),
        ({"enrollment_type": "luck"}, "courses_course_enrollment_type_known"),
        ({"difficulty_level": "impossible"}, "courses_course_difficulty_known"),
        ({"max_capacity": 0}, "courses_course_capacity_positive"),
        ({"price": -1}, "courses_course_price_not_negative"),
        ({"status": "published", "published_at": None}, "courses_course_published_has_time"),
        ({"title": ""}, "courses_course_title_not_empty"),
    ],
)
def test_course_that_cannot_be(organization, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CourseFactory(**wrong)


def test_one_course_of_a_slug_one_subject_of_a_slug(organization):
    course = CourseFactory()
    for again, constraint in (
        (lambda: CourseFactory(slug=course.slug), "courses_course_slug_once"),
        (lambda: SubjectFactory(slug=course.subject.slug), "courses_subject_slug_once"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            again()


def test_staff_prerequisites_and_former_slugs_stand_once(organization):
    staff = CourseStaffFactory()
    course, needed = staff.course, CourseFactory()
    CoursePrerequisite.objects.create(course=course, required_course=needed)
    FormerSlug.objects.create(course=course, slug="old")
    for again, constraint in (
        (lambda: CourseStaffFactory(course=course, user=staff.user), "courses_coursestaff_once"),
        (
            lambda: CoursePrerequisite.objects.create(course=course, required_course=needed),
            "courses_prerequisite_once",
        ),
        (
            lambda: CoursePrerequisite.objects.create(course=course, required_course=course),
            "courses_prerequisite_not_itself",
        ),
        (lambda: FormerSlug.objects.create(course=needed, slug="old"), "courses_formerslug_once"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            again()


def test_seats_follow_the_capacity_and_are_never_oversold(organization):
    course = CourseFactory(max_capacity=2)
    seats = CourseSeats.objects.filter(course=course)
    seats.update(taken=2)
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        seats.update(taken=3)

    course.max_capacity = 1
    course.save()
    assert seats.values_list("capacity", "taken").get() == (1, 2)


def test_searched_text_follows_what_the_course_says(organization):
    course = CourseFactory(title="Knots")
    Course.objects.filter(pk=course.pk).update(title="Sails", tags=["sea"])
    found = Course.objects.filter(search_vector="sail").filter(search_vector="sea")
    assert list(found) == [course]
    assert not Course.objects.filter(search_vector="knots").exists()


def test_course_knows_whether_it_is_listed(organization):
    now = timezone.now()
    states = [{}, {"visibility": "private"}, {"status": "archived"}, {"deleted_at": now}]
    courses = [CourseFactory(published=True, **state) for state in states]
    assert [course.is_listed for course in courses] == [True, False, False, False]
    assert list(Course.objects.listed()) == courses[:1]
