"""What can never be stored, whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from privacy.models import DataExport, ErasureRequest
from privacy.tests.factories import DataExportFactory, ErasureRequestFactory
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "nonsense"}, "privacy_dataexport_status_known"),
        ({"status": "ready"}, "privacy_dataexport_ready_has_file"),
        ({"done_count": 2, "step_count": 1}, "privacy_dataexport_not_above_all"),
    ],
)
def test_a_copy_is_of_one_piece(organization, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DataExportFactory(**values)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "nonsense"}, "privacy_erasurerequest_status_known"),
        ({"status": "approved"}, "privacy_erasurerequest_decided_has_time"),
        ({"status": "done", "decided_at": timezone.now()}, "privacy_erasurerequest_done_has_time"),
        ({"proof_hash": "0" * 64}, "privacy_erasurerequest_done_has_time"),
    ],
)
def test_an_erasure_is_of_one_piece(organization, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ErasureRequestFactory(**values)


def test_one_wish_is_open_at_a_time(organization):
    first = ErasureRequestFactory()
    with (
        pytest.raises(IntegrityError, match="privacy_erasurerequest_one_open"),
        transaction.atomic(),
    ):
        ErasureRequestFactory(person=first.person, approved=True)
    ErasureRequest.objects.filter(pk=first.pk).update(status="withdrawn")
    assert ErasureRequestFactory(person=first.person).is_open


def test_a_students_request_sees_their_own_alone(organization):
    mine, theirs = UserFactory(), UserFactory()
    for person in (mine, theirs):
        DataExportFactory(person=person)
        ErasureRequestFactory(person=person)
    with organization_context(organization, actor=mine, using_private_rows_of=mine):
        assert [row.person_id for row in DataExport.objects.all()] == [mine.pk]
        assert [row.person_id for row in ErasureRequest.objects.all()] == [mine.pk]


def test_only_the_web_role_may_let_the_logs_forget(organization):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_to_string(proacl, ',') FROM pg_proc WHERE proname = 'privacy_blank_logs'"
        )
        (granted,) = cursor.fetchone()
    assert "cairn_app=X" in granted
    assert not any(entry.startswith("=") for entry in granted.split(","))  # the public
