"""The real admin's pages as people meet them: first page, histories, the way to the site, deleting."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Course
from courses.tests.factories import CourseFactory, SubjectFactory
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def course(organization):
    return CourseFactory(published=True)


def page(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"admin:{name}", args=args)).content.decode()


def test_an_instructors_first_page_offers_wholes_and_not_their_parts(client, course, admin):
    wholes = [
        "courses_course",
        "content_lesson",
        "enrollments_enrollment",
        "progress_lessonprogress",
    ]
    parts = ["courses_coursestaff", "content_lessonitem", "content_contentversion"]
    closed = ["users_user", "tenancy_auditentry", "tenancy_organization"]
    text = page(client, course.owner, "index")
    offered = {
        name
        for name in wholes + parts + closed
        if f'href="{reverse(f"admin:{name}_changelist")}"' in text
    }
    assert offered == set(wholes)
    assert reverse("admin:courses_coursestaff_changelist") in page(client, admin, "index")
    assert client.get(reverse("admin:courses_coursestaff_changelist")).status_code == 200


def test_a_history_names_subjects_and_people_instead_of_their_ids(client, course, admin):
    before, after = SubjectFactory(title="Botany"), SubjectFactory(title="Geology")
    colleague = UserFactory(instructor=True)
    with organization_context(admin.organization_id, actor=admin):
        for change in ({"subject": before}, {"subject": after}, {"owner": colleague}):
            Course.objects.filter(pk=course.pk).update(**change)
        Course.objects.filter(pk=course.pk).update(status="draft")
    text = page(client, admin, "courses_course_history", course.pk)
    assert "Botany → Geology" in text
    assert f"→ {colleague}" in text
    assert str(after.pk) not in text
    assert "Published → Draft" in text


def test_the_way_to_the_site_leads_to_the_rows_own_page(client, course):
    place = EnrollmentFactory(course=course)
    ours = page(client, course.owner, "courses_course_change", course.pk)
    assert f'href="{course.get_absolute_url()}" class="viewsitelink"' in ours
    person = reverse("enrollments:person", args=[course.slug, place.pk])
    theirs = page(client, course.owner, "enrollments_enrollment_change", place.pk)
    assert f'href="{person}" class="viewsitelink"' in theirs


def test_there_is_no_way_to_the_site_for_what_is_in_the_trash(client, course, admin):
    Course.objects.filter(pk=course.pk).update(deleted_at=timezone.now())
    assert "viewsitelink" not in page(client, admin, "courses_course_change", course.pk)


def test_what_stands_in_the_way_of_deleting_is_linked_and_shows_no_ids(client, course, admin):
    place = EnrollmentFactory(course=course)
    text = page(client, admin, "users_user_delete", place.student_id)
    assert reverse("admin:enrollments_enrollment_change", args=[place.pk]) in text
    assert f"· {place.course_id}<" not in text
