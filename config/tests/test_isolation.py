"""The database keeps organizations apart, whatever the code above it does."""

import pytest
from django.apps import apps
from django.db import IntegrityError, ProgrammingError, connection, transaction

from courses.models import Course
from courses.tests.factories import CourseFactory, SubjectFactory
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from tenancy.context import organization_context
from tenancy.fields import TenantForeignKey, TenantOneToOneField
from tenancy.models import AuditEntry, TenantModel
from tenancy.operations import key_name
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

#: Tables that hold nothing of an organization: the frameworks' own catalogues and the queue, whose jobs
#: carry ids alone.
SHARED_TABLES = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}


def rows(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def tenant_models():
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def test_every_table_is_guarded_or_shared():
    unguarded = rows(
        """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
        AND NOT relispartition AND NOT (relrowsecurity AND relforcerowsecurity)"""
    )
    assert {name for (name,) in unguarded} == SHARED_TABLES


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_tenant_model_has_its_policies_and_triggers(model):
    table = model._meta.db_table
    policies = dict(
        rows("SELECT policyname, permissive FROM pg_policies WHERE tablename = %s", table)
    )
    triggers = {
        name
        for (name,) in rows("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", table)
    }

    assert policies["of_organization"] == "PERMISSIVE"
    assert "touch_row" in triggers
    if any(field.name == "student" for field in model._meta.fields):
        assert policies["of_person"] == "RESTRICTIVE"


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_between_tenant_tables_are_composite(model):
    table = model._meta.db_table
    constraints = {
        name
        for (name,) in rows(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass", table
        )
    }
    for field in model._meta.local_fields:
        if field.is_relation and issubclass(field.related_model, TenantModel):
            assert isinstance(field, TenantForeignKey | TenantOneToOneField), field
            assert key_name(table, field.column) in constraints


def test_without_an_organization_no_table_gives_a_row(organization, other_organization):
    with organization_context(other_organization):
        EnrollmentFactory()
    EnrollmentFactory()
    tables = [
        name
        for (name,) in rows(
            """SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')
            AND relnamespace = 'public'::regnamespace AND NOT relispartition"""
        )
        if name not in SHARED_TABLES
    ]
    assert len(tables) > 15
    seen_with = {table for table in tables if rows(f'SELECT FROM "{table}" LIMIT 1')}
    assert "enrollments_enrollment" in seen_with

    rows("SELECT set_config('app.organization_id', '', true)")
    seen_without = {table for table in tables if rows(f'SELECT FROM "{table}" LIMIT 1')}
    rows("SELECT set_config('app.organization_id', %s, true)", str(organization.pk))

    assert seen_without == set()


def test_rows_of_another_organization_are_not_seen_changed_or_added(
    organization, other_organization
):
    with organization_context(other_organization):
        theirs = CourseFactory()
    mine = CourseFactory()

    assert list(Course.objects.all()) == [mine]
    assert Course.objects.filter(pk=theirs.pk).update(title="mine now") == 0
    assert Course.objects.filter(pk=theirs.pk).delete()[0] == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        SubjectFactory(organization=other_organization)


def test_child_cannot_hang_under_another_organizations_parent(organization, other_organization):
    with organization_context(other_organization):
        theirs = SubjectFactory()
    with (
        pytest.raises(IntegrityError, match="courses_course_subject_id_tenant_fk"),
        transaction.atomic(),
    ):
        CourseFactory(subject=None, subject_id=theirs.pk)


def test_student_sees_only_their_own_private_rows(organization):
    mine, theirs = EnrollmentFactory(), EnrollmentFactory()

    with organization_context(organization, actor=mine.student, using_private_rows_of=mine.student):
        assert list(Enrollment.objects.all()) == [mine]
        assert Enrollment.objects.filter(pk=theirs.pk).update(percent=1) == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            EnrollmentFactory(course=mine.course, student=theirs.student)
    assert set(Enrollment.objects.all()) == {mine, theirs}


def test_nested_context_restores_the_outer_one(organization, other_organization):
    with organization_context(other_organization, actor=None):
        assert Course.objects.count() == 0
    course = CourseFactory()
    assert course.organization_id == organization.pk
    assert list(Course.objects.all()) == [course]


def test_audit_records_before_after_and_actor(organization):
    admin = UserFactory(admin=True)
    course = CourseFactory(title="Old")
    with organization_context(organization, actor=admin):
        course.title = "New"
        course.save()

    entry = AuditEntry.objects.filter(row_id=course.pk, operation="UPDATE").get()
    assert (entry.before, entry.after) == ({"title": "Old"}, {"title": "New"})
    assert entry.actor_id == admin.pk


def test_audit_never_holds_a_password(organization):
    user = UserFactory()
    user.set_password("another stone")
    user.save()
    for entry in AuditEntry.objects.filter(row_id=user.pk):
        assert "password" not in (entry.after or {})


def test_audit_cannot_be_written_or_changed(organization):
    for statement in (
        "DELETE FROM tenancy_auditentry",
        "UPDATE tenancy_auditentry SET actor_id = NULL",
        "SELECT FROM tenancy_auditentry_default",
        "INSERT INTO tenancy_auditentry (organization_id, table_name, row_id, operation)"
        " SELECT organization_id, 'x', id, 'INSERT' FROM users_user",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            rows(statement)


def test_username_and_email_are_unique_inside_an_organization_alone(
    organization, other_organization
):
    UserFactory(username="ada", email="ada@example.org")
    with organization_context(other_organization):
        UserFactory(username="ada", email="ada@example.org")
    for same in ({"username": "ADA"}, {"email": "Ada@Example.org"}):
        with pytest.raises(IntegrityError, match="_once"), transaction.atomic():
            UserFactory(**same)
    assert User.objects.count() == 1
