"""Copies and erasures: what is promised, what is refused, what a repeat does."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from notifications import kinds
from notifications.models import Notification
from privacy import erasing, logs, proof, services
from privacy.models import DataExport, ErasureRequest
from privacy.tests.factories import DataExportFactory, ErasureRequestFactory
from tenancy.context import organization_context
from tenancy.models import AuditEntry, SecurityEvent
from users.models import Mail, Profile, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def admin(organization):
    return UserFactory(admin=True)


@pytest.fixture
def person(organization):
    user = UserFactory(username="ada_stone", email="ada@example.org", first_name="Adalind")
    Profile.objects.create(
        user=user, bio="I like lighthouses.", avatar=ContentFile(b"a face", name="face.png")
    )
    return user


def archive(export):
    with export.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


# Copies


def test_a_copy_is_made_kept_for_a_week_and_told_by_mail(organization, person):
    export = services.request_export(person, by=person, now=NOW)
    services.make_export(organization.pk, export.pk, now=NOW)

    export.refresh_from_db()
    assert (export.status, export.expires_at) == (
        DataExport.Status.READY,
        NOW + timedelta(days=7),
    )
    assert export.done_count == export.step_count
    with archive(export) as made:
        data = json.loads(made.read("data.json"))
        files = [name for name in made.namelist() if name.startswith("files/profile/")]
        assert made.read(files[0]) == b"a face"
    assert data["person"] == str(person.pk)
    told = Mail.objects.get(user=person)
    assert "//harbor.localhost/settings/data/" in told.text
    assert str(export.pk) not in told.text + told.html


def test_a_second_copy_waits_for_the_first(person):
    services.request_export(person, by=person, now=NOW)
    with pytest.raises(services.ExportUnderWay):
        services.request_export(person, by=person, now=NOW)
    assert DataExport.objects.count() == 1


def test_asking_for_a_copy_is_noted(person, admin):
    export = services.request_export(person, by=admin, now=NOW)
    services.note_download(export)
    noted = SecurityEvent.objects.filter(kind="exported", user_id=person.pk).order_by("id")
    assert [event.details["step"] for event in noted] == ["asked for", "downloaded"]


def test_a_copy_that_fails_is_marked_and_another_can_be_made(organization, person, monkeypatch):
    export = services.request_export(person, by=person, now=NOW)
    monkeypatch.setattr("privacy.exporting.steps", lambda: [lambda user: 1 / 0])
    with pytest.raises(ZeroDivisionError):
        services.make_export(organization.pk, export.pk, now=NOW)

    export.refresh_from_db()
    assert export.status == DataExport.Status.FAILED
    monkeypatch.undo()
    assert services.request_export(person, by=person, now=NOW)


def test_a_repeated_job_leaves_a_ready_copy_alone(organization, person):
    export = DataExportFactory(person=person, ready=True)
    services.make_export(organization.pk, export.pk, now=NOW)
    export.refresh_from_db()
    assert export.size == 10


def test_sweep_deletes_old_copies_and_gives_up_stuck_ones(
    organization, django_capture_on_commit_callbacks
):
    old = DataExportFactory(ready=True, expires_at=NOW - timedelta(minutes=1))
    kept = DataExportFactory(ready=True)
    DataExportFactory()
    storage, name = old.file.storage, old.file.name

    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep_exports(now=NOW) == 1
    assert services.sweep_exports(now=timezone.now() + timedelta(hours=3)) == 1

    old.refresh_from_db()
    assert (old.status, bool(old.file)) == (DataExport.Status.EXPIRED, False)
    assert not storage.exists(name)
    assert storage.exists(kept.file.name)


def test_one_copy_at_a_time_is_kept_by_the_database(person):
    DataExportFactory(person=person)
    with (
        pytest.raises(IntegrityError, match="privacy_dataexport_one_under_way"),
        transaction.atomic(),
    ):
        DataExportFactory(person=person)


# Erasures


def approved(person, admin):
    asked = services.request_erasure(person, reason="I am leaving.", by=person, now=NOW)
    return services.approve_erasure(asked.pk, by=admin, now=NOW)


def test_asking_twice_is_asking_once(person, admin):
    first = services.request_erasure(person, by=person, now=NOW)
    assert services.request_erasure(person, by=person, now=NOW) == first


def test_admins_are_told_of_a_wish_without_the_name(person, admin):
    asked = services.request_erasure(person, reason="I am leaving.", by=person, now=NOW)
    told = Notification.objects.get()
    assert (told.user, told.facts) == (admin, {"request": str(asked.pk)})
    assert kinds.message_of(told).url == f"/erasures/{asked.pk}/"


def test_a_wish_can_be_taken_back_until_it_is_approved(person, admin):
    asked = services.request_erasure(person, by=person, now=NOW)
    services.withdraw_erasure(asked.pk, by=person, now=NOW)
    with pytest.raises(services.ErasureRefused):
        services.approve_erasure(asked.pk, by=admin, now=NOW)

    late = approved(person, admin)
    with pytest.raises(services.ErasureRefused):
        services.withdraw_erasure(late.pk, by=person, now=NOW)


def test_the_last_admin_stays(admin):
    with pytest.raises(services.ErasureRefused) as refused:
        services.request_erasure(admin, by=admin, now=NOW)
    assert refused.value.decision.code == "last_admin"

    other = UserFactory(admin=True)
    asked = services.request_erasure(admin, by=admin, now=NOW)
    User.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(services.ErasureRefused):
        services.approve_erasure(asked.pk, by=other, now=NOW)
    User.objects.filter(pk=other.pk).update(is_active=True)


def test_nobody_decides_on_their_own_wish(admin):
    other = UserFactory(admin=True)
    asked = services.request_erasure(other, by=other, now=NOW)
    for decide in (
        lambda: services.approve_erasure(asked.pk, by=other, now=NOW),
        lambda: services.reject_erasure(asked.pk, answer="No", by=other, now=NOW),
    ):
        with pytest.raises(services.ErasureRefused) as refused:
            decide()
        assert refused.value.decision.code == "own_request"


def test_a_rejection_is_told_with_its_reason(person, admin):
    asked = services.request_erasure(person, by=person, now=NOW)
    services.reject_erasure(asked.pk, answer="You owe us a book.", by=admin, now=NOW)
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by) == (ErasureRequest.Status.REJECTED, admin)
    assert "You owe us a book." in Mail.objects.get(user=person).text


def test_an_erasure_forgets_proves_and_says_goodbye(
    person, admin, django_capture_on_commit_callbacks
):
    asked = approved(person, admin)
    picture = person.profile.avatar
    with django_capture_on_commit_callbacks(execute=True):
        done = services.carry_out_erasure(asked.pk, now=NOW)

    person.refresh_from_db()
    assert person.username.startswith("erased_")
    assert person.email.endswith("@erased.invalid")
    assert (person.first_name, person.is_active) == ("", False)
    assert not person.has_usable_password()
    assert not picture.storage.exists(picture.name)
    assert (done.status, done.reason) == (ErasureRequest.Status.DONE, "")
    assert done.proof["remaining_count"] == 0
    assert done.proof_hash == proof.checksum_of(done.proof)
    text = proof.signed_text_of(done.proof, done.proof_hash)
    assert not any(word in text for word in ("ada_stone", "ada@example.org", "Adalind"))
    farewell = mail.outbox[-1]
    assert farewell.to == ["ada@example.org"]
    assert farewell.attachments[0][:2] == ("proof.txt", text)
    assert not Mail.objects.filter(user=person).exists()
    assert SecurityEvent.objects.filter(kind="erased", user_id=person.pk).count() == 1


def test_a_repeated_job_erases_nothing_twice(person, admin):
    asked = approved(person, admin)
    first = services.carry_out_erasure(asked.pk, now=NOW)
    assert services.carry_out_erasure(asked.pk, now=NOW) is None
    asked.refresh_from_db()
    assert asked.proof_hash == first.proof_hash


def test_what_comes_in_the_way_after_the_approval_puts_the_wish_back(admin, monkeypatch):
    other = UserFactory(admin=True)
    asked = services.request_erasure(other, by=other, now=NOW)
    services.approve_erasure(asked.pk, by=admin, now=NOW)
    User.objects.filter(pk=admin.pk).update(is_active=False)

    services.carry_out_erasure(asked.pk, now=NOW)

    asked.refresh_from_db()
    assert asked.status == ErasureRequest.Status.PENDING
    assert not User.objects.get(pk=other.pk).username.startswith("erased_")
    User.objects.filter(pk=admin.pk).update(is_active=True)


def test_another_organization_is_not_touched(person, admin, other_organization):
    with organization_context(other_organization):
        namesake = UserFactory(username="ada_stone", email="ada@example.org")
        entries = AuditEntry.objects.filter(row_id=namesake.pk).count()
    services.carry_out_erasure(approved(person, admin).pk, now=NOW)
    with organization_context(other_organization):
        namesake.refresh_from_db()
        assert namesake.username == "ada_stone"
        told = AuditEntry.objects.filter(row_id=namesake.pk, after__username="ada_stone")
        assert told.count() == entries


# The logs


def test_the_logs_refuse_without_an_approved_erasure(person, admin):
    for status in ("pending", "withdrawn", "rejected", "done"):
        given = {"decided_at": NOW} if status in ("rejected", "done") else {}
        given |= {"done_at": NOW} if status == "done" else {}
        ErasureRequestFactory(person=person, status=status, **given)
        with pytest.raises(ProgrammingError, match="No erasure"), transaction.atomic():
            logs.blank(person.pk)
        ErasureRequest.objects.all().delete()


def test_the_logs_refuse_somebody_else_than_the_approved_person(person, admin):
    approved(person, admin)
    with pytest.raises(ProgrammingError, match="No erasure"), transaction.atomic():
        logs.blank(admin.pk)


def test_the_logs_refuse_a_column_that_names_no_person(person, admin, monkeypatch):
    approved(person, admin)
    told = {"users_user": {"person": "organization_id", "columns": ["username"]}}
    monkeypatch.setattr("privacy.logs.audited_columns", lambda: told)
    with pytest.raises(ProgrammingError, match="does not name a person"), transaction.atomic():
        logs.blank(person.pk)


def test_the_web_role_cannot_change_the_logs_itself(person):
    for statement in (
        "UPDATE tenancy_auditentry SET before = NULL",
        "UPDATE tenancy_securityevent SET details = '{}'",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_what_others_did_keeps_its_address_and_what_they_changed_its_values(person, admin):
    with organization_context(person.organization_id, actor=admin), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.client_ip', '192.0.2.7', true)")
        User.objects.filter(pk=admin.pk).update(first_name="Grace")
        User.objects.filter(pk=person.pk).update(role="instructor", is_staff=True)
    services.carry_out_erasure(approved(person, admin).pk, now=NOW)

    of_admin = AuditEntry.objects.filter(row_id=admin.pk, operation="UPDATE").first()
    assert (of_admin.after["first_name"], of_admin.client_ip) == ("Grace", "192.0.2.7")
    of_person = AuditEntry.objects.get(row_id=person.pk, after__role="instructor")
    assert of_person.client_ip == "192.0.2.7"


# The command


def test_prove_erasure_prints_the_proof_and_finds_nothing(person, admin, capsys):
    done = services.carry_out_erasure(approved(person, admin).pk, now=NOW)
    call_command("prove_erasure", str(person.pk))
    printed = capsys.readouterr().out
    assert done.proof_hash in printed
    assert "nothing personal is left" in printed


def test_prove_erasure_fails_when_something_came_back_or_was_changed(person, admin, capsys):
    done = services.carry_out_erasure(approved(person, admin).pk, now=NOW)
    User.objects.filter(pk=person.pk).update(first_name="Adalind")
    with pytest.raises(CommandError, match=r"users.User \(1\), tenancy.AuditEntry \(1\)"):
        call_command("prove_erasure", str(person.pk))
    ErasureRequest.objects.filter(pk=done.pk).update(proof=done.proof | {"file_count": 9})
    with pytest.raises(CommandError, match="checksum"):
        call_command("prove_erasure", str(person.pk))


def test_prove_erasure_knows_only_who_was_erased(person):
    with pytest.raises(CommandError, match="Nobody"):
        call_command("prove_erasure", str(person.pk))


def test_remains_of_somebody_who_was_not_erased(person):
    left = erasing.remains(person.pk)
    assert (left["users.User"], left["users.Profile"]) == (1, 1)
