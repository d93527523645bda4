"""Who looks at people's records in the back office is written into the security log."""

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from progress.tests.factories import LessonProgressFactory
from tenancy.models import SecurityEvent
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PRIVATE_TABLES = "SELECT tablename, qual FROM pg_policies WHERE policyname = 'of_person'"


def url(row, what):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=[row.pk])


def list_url(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def disclosed():
    events = SecurityEvent.objects.filter(kind="record_disclosed").order_by("id")
    return [(event.user_id, event.actor_id, event.details) for event in events]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def staff(client, organization):
    staff = UserFactory(admin=True)
    client.force_login(staff)
    return staff


def test_every_table_of_private_rows_says_whose_record_a_row_is(organization):
    with connection.cursor() as cursor:
        cursor.execute(PRIVATE_TABLES)
        policies = dict(cursor.fetchall())
    pages = {model._meta.db_table: page for model, page in admin.site._registry.items()}
    wrong = {
        table
        for table, rule in policies.items()
        if table in pages and f"({pages[table].record_of})::text" not in rule
    }
    assert wrong == set()
    assert len(policies) > 5


@pytest.mark.parametrize("factory", [EnrollmentFactory, LessonProgressFactory])
@pytest.mark.parametrize("what", ["change", "history"])
def test_page_of_a_record_is_written_down_once(client, staff, factory, what):
    row = factory()
    for _time in range(2):
        assert client.get(url(row, what)).status_code == 200
    details = {"what": row._meta.model_name, "door": "admin"}
    assert disclosed() == [(row.student_id, staff.pk, details)]


def test_list_is_written_down_for_everybody_on_it(client, staff):
    rows = EnrollmentFactory.create_batch(3)
    for _time in range(2):
        client.get(list_url(type(rows[0])))
    assert {student for student, _actor, _details in disclosed()} == {
        row.student_id for row in rows
    }
    assert len(disclosed()) == 3


def test_list_is_written_down_for_nobody_who_is_not_on_it(client, staff):
    row, _other = EnrollmentFactory(), EnrollmentFactory()
    client.get(list_url(type(row)), {"q": row.student.username})
    assert [student for student, _actor, _details in disclosed()] == [row.student_id]


@pytest.mark.parametrize("count", [1, 3])
def test_writing_a_list_down_takes_one_query(client, staff, count, django_assert_max_num_queries):
    EnrollmentFactory.create_batch(count)
    with django_assert_max_num_queries(200) as queries:
        client.get(reverse("admin:enrollments_enrollment_changelist"))
    written = [query for query in queries if "INTO tenancy_securityevent" in query["sql"]]
    assert len(written) == 1


def test_instructor_is_written_down_for_their_own_courses_alone(client, organization):
    mine, other = EnrollmentFactory(), EnrollmentFactory()
    client.force_login(mine.course.owner)
    client.get(list_url(type(mine)))
    assert client.get(url(other, "change")).status_code == 404
    assert [(student, actor) for student, actor, _details in disclosed()] == [
        (mine.student_id, mine.course.owner_id)
    ]


def test_own_notifications_and_plain_rows_are_nobodys_disclosure(client, staff, now):
    course = EnrollmentFactory().course
    Notification.objects.create(user=staff, kind="x", source="x", happened_at=now, cadence="never")
    client.get(list_url(Notification))
    client.get(url(course, "change"))
    assert disclosed() == []


def test_notifications_of_others_are_written_down(client, staff, now):
    person = UserFactory()
    row = Notification.objects.create(
        user=person, kind="x", source="x", happened_at=now, cadence="never"
    )
    client.get(url(row, "change"))
    assert [student for student, _actor, _details in disclosed()] == [person.pk]
