"""Every model says what is personal in it; the archive holds all of it, and an erasure leaves none."""

import io
import json
import zipfile

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.utils import timezone

from config.seeding.canary import seed_canary
from config.tests.marked_person import (
    TABLES,
    mark_person,
    marks_in,
    marks_in_cache,
    marks_in_files,
    marks_in_tables,
)
from enrollments.models import EnrollmentChange
from enrollments.tests.factories import EnrollmentFactory
from privacy import erasing, exporting
from privacy.models import ErasureRequest
from tenancy import personal, security
from tenancy.context import organization_context
from users.models import StudentProfile, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

#: Tables without a model that hold nothing of anybody, or what can be made again and is thrown away.
WITHOUT_MODEL = {"django_migrations", "tenancy_cache"}


@pytest.fixture
def declared():
    """The declarations, put back afterwards as they were."""
    before = dict(personal._declared)
    yield personal
    personal._declared.clear()
    personal._declared.update(before)


@pytest.fixture
def person(db):
    """A marked person, inside their organization."""
    canary = seed_canary()
    with organization_context(canary.organization):
        marked = mark_person(canary)
        security.record(
            security.Kind.SIGNED_IN, user_id=marked.user.pk, mark=f"security{marked.token}"
        )
        cache.set("page", f"<p>{marked.marks['users.User.first_name']}</p>")
        yield marked


def undeclared():
    """What the declarations leave open, as sentences."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.auto_created:
            continue
        data = personal.declaration_of(model)
        if data is None:
            yield f"{model._meta.label} has no declaration."
            continue
        for name in data.undeclared_columns():
            yield f"{model._meta.label}.{name} could be personal and is not declared."
        if not data.erased_columns and not data.reason and data.rows == personal.Rows.STAY:
            yield f"{model._meta.label} does not say why its rows stay."
        if data.is_about_people and not data.heading:
            yield f"{model._meta.label} has no heading in the archive."


def test_every_model_and_column_is_declared():
    assert list(undeclared()) == []


def test_every_table_has_a_model_or_is_known():
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = {name for (name,) in cursor.fetchall()}
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert tables - known == WITHOUT_MODEL


def test_a_model_without_a_declaration_is_noticed(declared):
    declared.forget(StudentProfile)
    assert list(undeclared()) == ["users.StudentProfile has no declaration."]


def test_a_planted_column_is_noticed(declared, monkeypatch):
    column = models.CharField(max_length=10)
    column.set_attributes_from_name("nickname")
    column.model = StudentProfile
    fields = (*StudentProfile._meta.concrete_fields, column)
    monkeypatch.setitem(StudentProfile._meta.__dict__, "concrete_fields", fields)
    assert list(undeclared()) == [
        "users.StudentProfile.nickname could be personal and is not declared."
    ]


def archive_of(user):
    file = io.BytesIO()
    organization = user.organization
    parts = (step(user) for step in exporting.steps())
    exporting.write_archive(file, user, parts, organization=organization, now=timezone.now())
    return zipfile.ZipFile(file)


def test_archive_holds_every_mark_that_is_not_withheld(person):
    archive = archive_of(person.user)
    content = b"".join(archive.read(name) for name in archive.namelist())

    missing = set(person.marks.values()) - marks_in(content, person.marks.values())
    named = {column for column, mark in person.marks.items() if mark in missing}
    withheld = {column for column, mark in person.marks.items() if mark in person.withheld}

    assert named == withheld


def test_archive_says_the_same_as_data_and_as_a_page(person):
    archive = archive_of(person.user)
    page, data = archive.read("data.html").decode(), json.loads(archive.read("data.json"))

    account = data["sections"][0]
    assert account["table"] == "users.User"
    assert account["rows"][0]["username"] == person.user.username
    assert person.user.username in page
    assert "<script" not in page


def test_archive_names_nobody_else(organization):
    teacher = UserFactory(instructor=True, first_name="Grace", last_name="Hopper")
    enrollment = EnrollmentFactory(approved_by=teacher, approved_at=timezone.now())
    EnrollmentChange.objects.create(
        enrollment=enrollment,
        student=enrollment.student,
        to_status="active",
        by=teacher,
        at=timezone.now(),
        reason="Welcome",
    )
    archive = archive_of(enrollment.student)
    content = b"".join(archive.read(name) for name in archive.namelist())
    names = {"Grace", "Hopper", teacher.username, teacher.email, str(teacher.pk)}

    assert marks_in(content, names) == set()
    rows = {
        part["table"]: part["rows"] for part in json.loads(archive.read("data.json"))["sections"]
    }
    assert rows["enrollments.Enrollment"][0]["approved_by"] == "instructor"
    assert rows["enrollments.EnrollmentChange"][0]["reason"] == "Welcome"


def erase(person, django_capture_on_commit_callbacks):
    admin = User.objects.get(role=User.Role.ADMIN)
    ErasureRequest.objects.filter(person=person.user).update(
        status="approved", done_at=None, proof_hash="", decided_by=admin
    )
    with django_capture_on_commit_callbacks(execute=True):
        return erasing.erase(person.user.pk)


def test_erasure_leaves_no_mark_anywhere(person, django_capture_on_commit_callbacks):
    marks = [*person.marks.values(), f"security{person.token}"]
    before = marks_in_tables(marks)
    assert set().union(*before.values()) >= set(marks) - person.withheld
    assert "tenancy_auditentry" in before
    assert marks_in_files(marks)
    assert marks_in_cache(marks)

    erase(person, django_capture_on_commit_callbacks)

    assert marks_in_tables(marks) == {}
    assert marks_in_files(marks) == set()
    assert marks_in_cache(marks) == set()
    assert erasing.remains(person.user.pk) == {}


def test_a_column_that_is_not_erased_is_found(person, declared, django_capture_on_commit_callbacks):
    declared.forget(StudentProfile)
    declared.declare(
        StudentProfile,
        heading="As a student",
        person="user_id",
        personal=["student_number", "program"],
        impersonal=["goals"],
        reason="A planted mistake.",
    )
    mark = person.marks["users.StudentProfile.goals"]

    erase(person, django_capture_on_commit_callbacks)

    assert marks_in_tables(person.marks.values()) == {
        "users_studentprofile": {mark},
        "tenancy_auditentry": {mark},
    }
