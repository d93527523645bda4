"""Every change of a course: that it happens, what refuses it, and that a repeat is harmless."""

from datetime import timedelta

import pytest
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils import timezone

from courses import preflight, services
from courses.errors import (
    CannotArchive,
    CannotTeach,
    InTheTrash,
    NotInTheTrash,
    NotReady,
    SlugTaken,
)
from courses.models import Course, CourseStaff, FormerSlug
from courses.signals import course_published
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LATER = NOW + timedelta(days=1)


@pytest.fixture
def teacher(organization):
    return UserFactory(instructor=True)


@pytest.fixture
def missing_lesson():
    def check(course):
        return [preflight.Finding(preflight.Level.ERROR, "no_lesson", "There is no lesson yet.")]

    preflight.register("test", check)
    yield
    preflight.unregister("test")


@pytest.fixture
def no_checks(monkeypatch):
    monkeypatch.setattr(preflight, "_checks", {})


@pytest.fixture
def announced():
    heard = []

    def listen(sender, **facts):
        facts.pop("signal")
        heard.append(facts)

    course_published.connect(listen)
    yield heard
    course_published.disconnect(listen)


def create(teacher, **fields):
    fields = {"title": "Knots", "subject": SubjectFactory()} | fields
    return services.create_course(by=teacher, now=NOW, **fields)


def test_create_course_begins_a_draft_owned_by_its_creator(teacher):
    course = create(teacher, title="Größe & Maß", description="# Big\n\n*so*<script>x</script>")

    course.refresh_from_db()
    assert (course.status, course.owner, course.published_at) == ("draft", teacher, None)
    assert course.slug == "grosse-mass"
    assert "<em>so</em>" in course.description_html
    assert "<script" not in course.description_html


def test_create_course_numbers_a_slug_in_use(teacher):
    assert [create(teacher).slug for _ in range(3)] == ["knots", "knots-2", "knots-3"]


def test_create_course_refuses_an_owner_who_cannot_teach(organization):
    with pytest.raises(CannotTeach):
        create(UserFactory())


def test_create_course_refuses_a_slug_in_use_or_once_used(teacher):
    course = create(teacher, slug="old")
    services.update_course(course.pk, by=teacher, now=NOW, slug="new")
    for slug in ("new", "old"):
        with pytest.raises(SlugTaken):
            create(teacher, slug=slug)


def test_create_course_refuses_what_no_course_can_have(teacher):
    with pytest.raises(ValidationError):
        create(teacher, difficulty_level="impossible")
    with pytest.raises(FieldDoesNotExist):
        create(teacher, status="published")


def test_access_of_a_course_ends_on_a_day_or_after_days(teacher):
    course = create(teacher, access_days=30)
    with pytest.raises(ValidationError, match="not both"):
        services.update_course(course.pk, by=teacher, now=NOW, access_ends_at=NOW)

    services.update_course(course.pk, by=teacher, now=NOW, access_ends_at=NOW, access_days=None)
    course.refresh_from_db()
    assert (course.access_ends_at, course.access_days) == (NOW, None)


def test_update_course_writes_what_differs_and_renders_the_description(teacher):
    course = create(teacher, title="Knots", description="old")
    services.update_course(course.pk, by=teacher, now=NOW, title="Knots", description="**new**")
    course.refresh_from_db()
    assert course.description_html.strip() == "<p><strong>new</strong></p>"


def test_update_course_keeps_former_slugs_and_lets_one_come_back(teacher):
    course = create(teacher, slug="first")
    for slug in ("second", "second", "third"):
        services.update_course(course.pk, by=teacher, now=NOW, slug=slug)
    assert set(FormerSlug.objects.values_list("slug", "course")) == {
        ("first", course.pk),
        ("second", course.pk),
    }

    services.update_course(course.pk, by=teacher, now=NOW, slug="first")
    assert set(FormerSlug.objects.values_list("slug", flat=True)) == {"second", "third"}


def test_update_course_refuses_another_courses_slug(teacher):
    course, other = create(teacher), create(teacher, slug="other")
    services.update_course(other.pk, by=teacher, now=NOW, slug="moved")
    for slug in ("other", "moved"):
        with pytest.raises(SlugTaken):
            services.update_course(course.pk, by=teacher, now=NOW, slug=slug)


def test_publish_course_sets_its_time_once_and_announces_it(teacher, announced, no_checks):
    course = create(teacher)

    services.publish_course(course.pk, by=teacher, now=NOW)
    services.publish_course(course.pk, by=teacher, now=LATER)
    services.unpublish_course(course.pk, by=teacher, now=LATER)
    services.publish_course(course.pk, by=teacher, now=LATER)

    course.refresh_from_db()
    assert (course.status, course.published_at) == ("published", NOW)
    assert announced == [
        {"course": course, "by": teacher, "is_first": True},
        {"course": course, "by": teacher, "is_first": False},
    ]


def test_publish_course_refuses_while_something_is_missing(teacher, missing_lesson, announced):
    course = create(teacher)
    with pytest.raises(NotReady, match="There is no lesson yet"):
        services.publish_course(course.pk, by=teacher, now=NOW)
    course.refresh_from_db()
    assert (course.status, course.published_at, announced) == ("draft", None, [])


def test_warnings_do_not_block_publishing(teacher, no_checks):
    def warn(course):
        return [preflight.Finding(preflight.Level.WARNING, "no_summary", "There is no summary.")]

    preflight.register("warns", warn)
    course = services.publish_course(create(teacher).pk, by=teacher, now=NOW)
    assert course.is_published
    assert [finding.code for finding in preflight.findings_of(course)] == ["no_summary"]


def test_archive_course_needs_a_course_that_was_published(teacher):
    draft, published = create(teacher), CourseFactory(published=True)
    with pytest.raises(CannotArchive):
        services.archive_course(draft.pk, by=teacher, now=NOW)
    for _ in range(2):
        services.archive_course(published.pk, by=teacher, now=NOW)
    assert Course.objects.get(pk=published.pk).status == "archived"


def test_trash_hides_and_restore_brings_back_the_same_state(teacher):
    course = CourseFactory(published=True)
    services.trash_course(course.pk, by=teacher, now=NOW)
    services.trash_course(course.pk, by=teacher, now=LATER)
    assert Course.objects.get(pk=course.pk).deleted_at == NOW
    for change in (services.publish_course, services.archive_course, services.update_course):
        with pytest.raises(InTheTrash):
            change(course.pk, by=teacher, now=NOW)

    for _ in range(2):
        services.restore_course(course.pk, by=teacher, now=NOW)
    course.refresh_from_db()
    assert (course.status, course.deleted_at) == ("published", None)


def test_purge_course_only_from_the_trash(teacher):
    course = CourseFactory()
    CourseStaffFactory(course=course)
    with pytest.raises(NotInTheTrash):
        services.purge_course(course.pk, by=teacher, now=NOW)
    services.trash_course(course.pk, by=teacher, now=NOW)
    services.purge_course(course.pk, by=teacher, now=NOW)
    assert not Course.objects.filter(pk=course.pk).exists()


def test_staff_is_added_once_and_removed(teacher):
    course, helper = CourseFactory(), UserFactory(instructor=True)
    for _ in range(2):
        services.add_staff(course.pk, user=helper, by=course.owner, now=NOW)
    assert services.add_staff(course.pk, user=course.owner, by=course.owner, now=NOW) is None
    assert list(course.staff.values_list("user", flat=True)) == [helper.pk]

    for _ in range(2):
        services.remove_staff(course.pk, user=helper, by=course.owner, now=NOW)
    assert not course.staff.exists()


def test_staff_and_owner_must_be_able_to_teach(teacher):
    course, student = CourseFactory(), UserFactory()
    with pytest.raises(CannotTeach):
        services.add_staff(course.pk, user=student, by=teacher, now=NOW)
    with pytest.raises(CannotTeach):
        services.transfer_ownership(course.pk, to=student, by=teacher, now=NOW)


def test_transfer_ownership_keeps_the_former_owner_as_staff(teacher):
    course = CourseFactory()
    former = course.owner
    CourseStaffFactory(course=course, user=teacher)
    for _ in range(2):
        services.transfer_ownership(course.pk, to=teacher, by=former, now=NOW)

    course.refresh_from_db()
    assert course.owner == teacher
    assert list(CourseStaff.objects.values_list("course", "user")) == [(course.pk, former.pk)]


def test_transfer_ownership_may_let_the_former_owner_go(teacher):
    course = CourseFactory()
    services.transfer_ownership(course.pk, to=teacher, by=teacher, now=NOW, keep_as_staff=False)
    assert not course.staff.exists()
