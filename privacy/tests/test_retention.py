"""What is over goes, what is not stays; a rehearsal changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from notifications.models import Notification
from privacy import proof, retention, services
from privacy.models import DataExport, RetentionPolicy
from privacy.periods import months_later
from privacy.tests.factories import DataExportFactory, ErasureRequestFactory
from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def ago(*, months=0, days=0):
    return months_later(NOW, -months) - timedelta(days=days)


def notification(user, at):
    return Notification.objects.create(
        user=user, kind="x", source=str(at), happened_at=at, cadence="never"
    )


def security_event(user, at):
    """An event of the past, which the owner of the table alone can write."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE cairn_owner")
        cursor.execute(
            "INSERT INTO tenancy_securityevent (at, kind, user_id) VALUES (%s, 'signed_in', %s)",
            [at, user.pk],
        )
        cursor.execute("SET ROLE cairn_app")


def security_times():
    return sorted(SecurityEvent.objects.filter(kind="signed_in").values_list("at", flat=True))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (datetime(2026, 12, 1, 9, tzinfo=UTC), 1, datetime(2027, 1, 1, 9, tzinfo=UTC)),
    ],
)
def test_months_later(day, months, expected):
    assert months_later(day, months) == expected


def test_notifications_go_by_the_organizations_months(organization):
    person = UserFactory()
    notification(person, ago(months=6, days=1))
    young = notification(person, ago(months=6, days=-1))

    assert retention.apply(now=NOW)["notifications"] == 1
    assert list(Notification.objects.all()) == [young]

    RetentionPolicy.objects.create(notification_months=5)
    assert retention.apply(now=NOW)["notifications"] == 1
    assert retention.apply(now=NOW)["notifications"] == 0


def test_rehearsal_counts_and_changes_nothing(organization):
    person = UserFactory()
    notification(person, ago(months=7))
    security_event(person, ago(months=25))

    counts = retention.apply(now=NOW, is_rehearsal=True)

    assert (counts["notifications"], counts["security_log"]) == (1, 1)
    assert Notification.objects.count() == len(security_times()) == 1


def test_security_log_is_kept_as_long_as_the_policy_says(organization):
    person = UserFactory()
    times = [ago(months=25), ago(months=14), ago(months=11)]
    for at in times:
        security_event(person, at)

    assert retention.apply(now=NOW)["security_log"] == 1
    assert security_times() == times[1:]
    RetentionPolicy.objects.create(security_log_months=13)
    assert retention.apply(now=NOW)["security_log"] == 1
    assert security_times() == times[2:]


def test_security_log_of_another_organization_stays(organization, other_organization):
    with organization_context(other_organization):
        security_event(UserFactory(), ago(months=30))

    assert retention.apply(now=NOW)["security_log"] == 0
    with organization_context(other_organization):
        assert len(security_times()) == 1


def test_database_keeps_a_year_whatever_the_policy_holds(organization):
    security_event(UserFactory(), ago(months=11))
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE cairn_owner")
        cursor.execute(
            "ALTER TABLE privacy_retentionpolicy DROP CONSTRAINT privacy_retentionpolicy_within_limits"
        )
        cursor.execute("SET ROLE cairn_app")
    RetentionPolicy.objects.create(security_log_months=1)

    assert retention.apply(now=NOW)["security_log"] == 0
    assert len(security_times()) == 1


def test_copies_are_kept_for_the_organizations_days(organization):
    person = UserFactory()
    RetentionPolicy.objects.create(export_days=2)
    export = services.request_export(person, by=person, now=NOW)
    services.make_export(organization.pk, export.pk, now=NOW)
    export.refresh_from_db()
    assert export.expires_at == NOW + timedelta(days=2)


def test_that_a_copy_was_made_is_known_as_long_as_the_security_log(organization):
    DataExportFactory(status=DataExport.Status.EXPIRED)
    ready = DataExportFactory(ready=True)

    assert retention.apply(now=months_later(NOW, 23))["exports"] == 0
    assert retention.apply(now=months_later(NOW, 25))["exports"] == 1
    assert list(DataExport.objects.all()) == [ready]


def test_erasure_says_until_when_records_are_kept(organization):
    RetentionPolicy.objects.create(record_years=3)
    asked = ErasureRequestFactory(approved=True, decided_by=UserFactory(admin=True))

    services.carry_out_erasure(asked.pk, now=NOW)

    asked.refresh_from_db()
    assert asked.records_until == months_later(NOW.date(), 36)
    text = proof.text_of(asked.proof)
    assert f"Records until {asked.records_until.isoformat()}" in text


def test_proof_keeps_its_date_when_the_policy_changes(organization):
    asked = ErasureRequestFactory(approved=True, decided_by=UserFactory(admin=True))
    services.carry_out_erasure(asked.pk, now=NOW)
    RetentionPolicy.objects.create(record_years=1)

    retention.apply(now=months_later(NOW, 24))

    asked.refresh_from_db()
    assert asked.records_gone_at is None
    retention.apply(now=months_later(NOW, 121))
    asked.refresh_from_db()
    assert asked.records_gone_at == months_later(NOW, 121)
    assert proof.checksum_of(asked.proof) == asked.proof_hash


@pytest.mark.parametrize(
    ("field", "too_few", "too_many"),
    [
        ("export_days", 0, 31),
        ("notification_months", 0, 25),
        ("visit_months", 2, 121),
        ("security_log_months", 11, 121),
        ("record_years", 0, 101),
    ],
)
def test_periods_have_limits_in_the_form_and_in_the_database(
    organization, field, too_few, too_many
):
    for value in (too_few, too_many):
        policy = RetentionPolicy(**{field: value})
        with pytest.raises(ValidationError) as refused:
            policy.clean_fields()
        assert set(refused.value.message_dict) == {field}
        with (
            pytest.raises(IntegrityError, match="privacy_retentionpolicy_within_limits"),
            transaction.atomic(),
        ):
            policy.save()


def test_there_is_one_policy_for_an_organization(organization):
    RetentionPolicy.objects.create()
    with (
        pytest.raises(IntegrityError, match="privacy_retentionpolicy_once"),
        transaction.atomic(),
    ):
        RetentionPolicy.objects.create()


def test_command_tells_what_would_go_and_what_went(organization, capsys):
    notification(UserFactory(), ago(months=7))
    call_command("apply_retention", dry_run=True)
    assert "harbor: would clear notifications 1" in capsys.readouterr().out
    assert Notification.objects.count() == 1
    call_command("apply_retention")
    assert "harbor: cleared notifications 1" in capsys.readouterr().out
    assert not Notification.objects.exists()


# The pages


def test_asking_for_erasure_says_how_long_records_are_kept(client, organization):
    client.force_login(UserFactory())
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert "deleted 10 years later" in client.get("/settings/data/erase/").content.decode()
    RetentionPolicy.objects.create(record_years=1)
    assert "deleted a year later" in client.get("/settings/data/erase/").content.decode()


PAGE = "/admin/privacy/retentionpolicy/"
PERIODS = {
    "export_days": 3,
    "notification_months": 2,
    "visit_months": 6,
    "security_log_months": 18,
    "record_years": 30,
}


def test_admin_sets_the_periods_once_and_changes_them(client, organization):
    client.force_login(UserFactory(admin=True))

    client.post(f"{PAGE}add/", PERIODS)
    policy = RetentionPolicy.objects.get()
    assert {name: getattr(policy, name) for name in PERIODS} == PERIODS
    assert client.get(f"{PAGE}add/").status_code == 403
    assert client.post(f"{PAGE}{policy.pk}/delete/", {"post": "yes"}).status_code == 403

    answer = client.post(f"{PAGE}{policy.pk}/change/", PERIODS | {"security_log_months": 6})
    assert "greater than or equal to 12" in answer.content.decode()
    policy.refresh_from_db()
    assert policy.security_log_months == 18


def test_there_is_no_second_one_to_add(client, organization):
    client.force_login(UserFactory(admin=True))

    assert "_addanother" not in client.get(f"{PAGE}add/").content.decode()


def test_instructors_set_no_periods(client, organization):
    client.force_login(UserFactory(instructor=True))
    assert client.post(f"{PAGE}add/", PERIODS).status_code == 403
    assert not RetentionPolicy.objects.exists()
