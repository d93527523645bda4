"""What the account pages leave in the security log."""

import pytest
from django.utils import timezone

from tenancy.models import SecurityEvent
from users import services
from users.models import Mail
from users.tests.factories import PASSWORD
from users.tests.second_factors import is_signed_in, member, prove, sign_in
from users.tests.test_accounts import link_in

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind


@pytest.fixture
def ada(organization):
    return member(username="ada", email="ada@example.org")


def count(user, kind):
    return SecurityEvent.objects.filter(user_id=user.pk, kind=kind).count()


def test_sign_in_is_written_down_once_with_its_steps_and_who_acts(client, ada):
    sign_in(client, ada)
    event = SecurityEvent.objects.get(user_id=ada.pk, kind=Kind.SIGNED_IN)
    assert event.details == {"method": "password"}
    assert (event.actor_id, event.client_ip) == (ada.pk, "127.0.0.1")


def test_refused_sign_in_is_none(client, ada):
    client.post("/accounts/login/", {"login": "ada", "password": "not it"})
    assert count(ada, Kind.SIGNED_IN) == 0


def test_new_password_is_written_down(client, ada):
    sign_in(client, ada)
    new = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post("/accounts/password/change/", new | {"oldpassword": PASSWORD})
    assert count(ada, Kind.PASSWORD_CHANGED) == 1


def test_first_password_is_asked_for_a_proof_where_there_is_one(client, ada):
    client.force_login(ada)
    answer = client.get("/accounts/password/set/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_new_email_is_written_down_once_it_counts(client, ada):
    sign_in(client, ada)
    prove(client)
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": "yes"})
    assert count(ada, Kind.EMAIL_CHANGED) == 0
    client.post(link_in(Mail.objects.get(recipient="new@example.org")))
    assert count(ada, Kind.EMAIL_CHANGED) == 1


def test_first_confirmation_is_no_change(client, organization):
    new = {"username": "grace", "email": "grace@example.org", "password1": "seven small stones"}
    client.post("/accounts/signup/", new)
    client.post(link_in(Mail.objects.get()))
    assert is_signed_in(client)
    kinds = SecurityEvent.objects.values_list("kind", flat=True)
    assert Kind.EMAIL_CHANGED not in kinds


def test_email_that_an_admin_changes_is_written_down(ada):
    services.change_email(ada, email="new@example.org", now=timezone.now())
    assert count(ada, Kind.EMAIL_CHANGED) == 1
