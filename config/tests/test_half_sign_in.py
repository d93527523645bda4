"""Whoever has given the password and not yet the second step is a guest at every address but that of the step."""

import pytest
from django.test import Client
from django.utils import timezone

from config.access import addresses
from config.seeding.canary import PASSWORD, seed_canary
from config.tests.test_access import pages
from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from users.models import User
from users.tests.second_factors import give_app

pytestmark = pytest.mark.django_db

SECOND_STEP = "/accounts/login/second-step/"


@pytest.fixture
def canary(db):
    return seed_canary()


def half_signed_in(canary, role):
    account = canary.accounts[role]
    with organization_context(canary.organization):
        user = User.objects.get(pk=account["id"])
        if not user.authenticator_set.exists():
            give_app(user, now=timezone.now())
    client = Client(SERVER_NAME=canary.host)
    answer = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert answer["Location"] == SECOND_STEP
    return client


def gist(answer):
    if answer.streaming:  # read to its end, where the client closes the file
        b"".join(answer.streaming_content)
    return answer.status_code, answer.get("Location")


@pytest.mark.parametrize("role", ["student", "admin"])
def test_half_a_sign_in_opens_what_a_guest_may_open(canary, role):
    guest, half = Client(SERVER_NAME=canary.host), half_signed_in(canary, role)
    opened = []
    for address, access, path in pages(canary):
        for method in access.methods:
            given = gist(half.generic(method, path))
            is_its_own = address.name == "mfa_authenticate" or given == (302, SECOND_STEP)
            if not is_its_own and given != gist(guest.generic(method, path)):
                opened.append((address.name, method, given))
    assert opened == []
    assert "_auth_user_id" not in half.session


def test_every_address_was_asked(canary):
    asked = {address.name for address, _access, _path in pages(canary)}
    assert {"admin:index", "progress:my_courses", "users:profile", "mfa_index"} <= asked
    assert len(asked) > 0.8 * len(list(addresses()))


def test_half_a_sign_in_is_in_no_log_as_a_sign_in(canary):
    half_signed_in(canary, "student")
    with organization_context(canary.organization):
        kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
        assert SecurityEvent.Kind.SIGNED_IN not in kinds
        user = User.objects.get(pk=canary.accounts["student"]["id"])
        assert (user.last_login, user.last_login_ip) == (None, None)
        assert not user.usersession_set.exists()
