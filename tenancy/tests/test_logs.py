"""The logs hold what happened: the web role reads them, adds to one, and changes neither."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lib.ids import uuid7
from tenancy import security, tasks
from tenancy.grants import GRANTS
from tenancy.models import Domain, SecurityEvent
from tenancy.retention import AUDIT_LOG, SECURITY_LOG

pytestmark = pytest.mark.django_db

LOGS = [AUDIT_LOG, SECURITY_LOG]


def run(sql, parameters=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def is_refused(sql, parameters=()):
    try:
        run(sql, parameters)
    except DatabaseError as error:
        return error.__cause__.sqlstate == "42501"  # insufficient privilege, or row security
    return False


@pytest.fixture
def written(organization):
    """Something in both logs."""
    Domain.objects.create(host="other.localhost")
    security.record(security.Kind.SIGNED_IN)
    return organization


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize(
    "sql", ["UPDATE {} SET request_id = NULL", "DELETE FROM {}", "DROP TABLE {}"]
)
def test_log_is_neither_changed_nor_emptied(written, log, sql):
    assert is_refused(sql.format(log))


@pytest.mark.parametrize("log", LOGS)
def test_role_of_the_web_has_no_right_to_empty_the_logs(written, log):
    """Outside of tests, whose own right to empty tables is given by conftest.py."""
    assert "TRUNCATE" not in GRANTS
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = %s", [log])
        assert cursor.fetchone() == ("cairn_owner",)


def test_audit_log_takes_no_entry(written):
    assert is_refused(
        "INSERT INTO tenancy_auditentry (organization_id, table_name, row_id, operation) "
        "VALUES (%s, 'x', %s, 'INSERT')",
        [written.pk, written.pk],
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_id", "01890000-0000-7000-8000-000000000000"),
        ("at", "2020-01-01"),
        ("organization_id", "01890000-0000-7000-8000-000000000000"),
        ("client_ip", "192.0.2.1"),
        ("request_id", "01890000-0000-7000-8000-000000000000"),
    ],
)
def test_security_log_takes_nothing_forged(written, column, value):
    sql = f"INSERT INTO tenancy_securityevent (kind, {column}) VALUES ('signed_in', %s)"
    assert is_refused(sql, [value])


def test_partitions_are_closed_to_the_web(written):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhparent WHERE relname = ANY(%s)",
            [LOGS],
        )
        parts = [name for (name,) in cursor.fetchall()]
    assert parts
    assert all(is_refused(f"SELECT 1 FROM {part}") for part in parts)


@pytest.fixture
def viewer(organization):
    """Somebody who acts: of a person, the logs keep the id alone."""
    viewer = type("Viewer", (), {"pk": uuid7()})
    run("SELECT set_config('app.actor_id', %s, true)", [str(viewer.pk)])
    return viewer


def disclosed():
    return SecurityEvent.objects.filter(kind="record_disclosed").values_list("user_id", flat=True)


def test_disclosure_is_written_once_a_day_for_each_viewer(viewer):
    student = uuid7()
    for _time in range(3):
        security.record_disclosure(student, by=viewer, what="enrollment")
    assert list(disclosed()) == [student]


def test_disclosures_of_a_list_are_written_for_each_new_student_and_not_for_oneself(viewer):
    first, second = uuid7(), uuid7()
    security.record_disclosure(first, by=viewer, what="enrollment")
    security.record_disclosures([first, second, second, viewer.pk], by=viewer, what="enrollment")
    assert list(disclosed().order_by("id")) == [first, second]


def test_no_disclosure_costs_no_query(viewer, django_assert_num_queries):
    with django_assert_num_queries(0):
        security.record_disclosures([], by=viewer, what="enrollment")
        security.record_disclosure(viewer.pk, by=viewer, what="enrollment")


def make_month(log, name):
    year, month = name.split("_")
    following = f"{int(year) + int(month) // 12}-{int(month) % 12 + 1:02}-01"
    run(
        f"CREATE TABLE {log}_{name} PARTITION OF {log} FOR VALUES FROM ('{year}-{month}-01') TO ('{following}')"
    )


@pytest.fixture
def old_months(transactional_db):
    """Months of two years ago and of half a year ago, made by the owner of the tables."""
    now = timezone.now()
    old, young = (f"{now - timedelta(days=days):%Y_%m}" for days in (730, 180))
    run("SET ROLE cairn_owner")
    for log in LOGS:
        for name in (old, young):
            make_month(log, name)
    run("SET ROLE cairn_app")
    yield old, young
    run("SET ROLE cairn_owner")
    for log in LOGS:
        for name in (old, young):
            run(f"DROP TABLE IF EXISTS {log}_{name}")
    run("SET ROLE cairn_app")


def prune(*arguments):
    out = StringIO()
    call_command("prune_logs", *arguments, stdout=out)
    return out.getvalue()


def test_whole_months_are_dropped_and_younger_ones_stay(old_months):
    old, young = old_months
    told = prune("--older-than", "13", "--dry-run")
    assert f"{AUDIT_LOG}_{old}" in told
    assert f"{AUDIT_LOG}_{old}" in prune("--older-than", "13")
    told = prune("--older-than", "12")
    assert young not in told
    assert told == "Dropped months: 0.\n"


def test_job_keeps_as_long_as_the_settings_say(old_months, settings):
    old, _young = old_months
    settings.AUDIT_LOG_MONTHS, settings.SECURITY_LOG_MONTHS = 0, 13
    tasks.prune_logs(0)
    assert prune("--older-than", "13") == f"{AUDIT_LOG}_{old}\nDropped months: 1.\n"


@pytest.mark.parametrize("months", [11, 0, -1])
def test_last_year_stays_whoever_asks(organization, months):
    with pytest.raises(CommandError, match="12 months are kept"):
        prune("--older-than", str(months))
    with pytest.raises(DatabaseError, match="12 months are kept"):
        run("SELECT tenancy_drop_log_months('tenancy_auditentry', %s)", [months])


@pytest.mark.parametrize("table", ["users_user", "tenancy_domain", None])
def test_function_drops_nothing_but_logs(organization, table):
    with pytest.raises(DatabaseError, match="There is no log"):
        run("SELECT tenancy_drop_log_months(%s, 12)", [table])
