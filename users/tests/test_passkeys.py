"""Passkeys: whose they are, where they were made, and that no answer counts twice."""

import json

import pytest
from allauth.mfa.models import Authenticator

from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from users.tests.device import Device
from users.tests.second_factors import is_signed_in, member, prove, sign_in

pytestmark = pytest.mark.django_db

ADD = "/accounts/security/passkeys/add/"
SIGN_IN = "/accounts/login/passkey/"
SECOND_STEP = "/accounts/login/second-step/"
PROOF = "/accounts/reauthenticate/passkey/"


@pytest.fixture
def ada(client, organization):
    return member(username="ada")


@pytest.fixture
def device(client, ada):
    """Ada's, with a passkey; nobody is signed in."""
    device = Device()
    client.force_login(ada)
    prove(client)
    add(client, device)
    client.post("/accounts/logout/")
    return device


def question(client, path):
    return client.post(path, {"question": ""}).json()


def add(client, device):
    return client.post(ADD, device.make(question(client, ADD)) | {"name": "My phone"})


def show(client, path, device, user, **more):
    return client.post(path, device.show(question(client, path), user) | more)


def test_passkey_is_added_with_recovery_codes(client, ada):
    client.force_login(ada)
    prove(client)
    assert add(client, Device())["Location"] == "/accounts/security/codes/"
    assert Authenticator.objects.get(type="webauthn").data["name"] == "My phone"


def test_passkey_signs_in_alone_and_leads_on(client, ada, device):
    answer = show(client, SIGN_IN, device, ada, next="/settings/profile/")
    assert answer["Location"] == "/settings/profile/"
    assert is_signed_in(client)
    event = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SIGNED_IN).latest("id")
    assert event.details["method"] == "webauthn"


def test_passkey_leads_to_no_other_site(client, ada, device):
    assert show(client, SIGN_IN, device, ada, next="//evil.example")["Location"] == "/"


def test_passkey_is_a_second_step(client, ada, device):
    sign_in(client, ada)
    assert not is_signed_in(client)
    show(client, SECOND_STEP, device, ada)
    assert is_signed_in(client)


def test_passkey_is_a_proof(client, ada, device):
    client.force_login(ada)
    answer = show(client, f"{PROOF}?next=/accounts/security/codes/", device, ada)
    assert answer["Location"] == "/accounts/security/codes/"
    assert client.get("/accounts/security/codes/").status_code == 200


def test_answer_counts_once(client, ada, device):
    answer = device.show(question(client, SIGN_IN), ada)
    client.post(SIGN_IN, answer)
    client.post("/accounts/logout/")
    client.post(SIGN_IN, answer)
    assert not is_signed_in(client)


def test_answer_to_another_question_does_not_count(client, ada, device):
    answer = device.show(question(client, SIGN_IN), ada)
    question(client, SIGN_IN)
    client.post(SIGN_IN, answer)
    assert not is_signed_in(client)


def test_answer_without_a_question_does_not_count(client, ada, device):
    client.post(SIGN_IN, device.show({"publicKey": {"challenge": "AAAA"}}, ada))
    assert not is_signed_in(client)


def test_alone_it_must_have_checked_who_holds_it(client, ada, device):
    device.is_verified = False
    show(client, SIGN_IN, device, ada)
    assert not is_signed_in(client)
    sign_in(client, ada)
    show(client, SECOND_STEP, device, ada)
    assert is_signed_in(client)


def test_answer_to_the_second_step_does_not_sign_in_alone(client, ada, device):
    device.is_verified = False
    sign_in(client, ada)
    client.post(SIGN_IN, device.show(question(client, SECOND_STEP), ada))
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "harbor.localhost"),
        ("http://harbor.localhost:8000", "harbor.localhost"),
        ("https://harbor.localhost", "harbor.localhost"),
        ("http://summit.localhost", "harbor.localhost"),
        ("http://harbor.localhost", "summit.localhost"),
    ],
)
def test_answer_given_to_another_site_does_not_count(client, ada, device, origin, host):
    device.origin, device.host = origin, host
    show(client, SIGN_IN, device, ada)
    assert not is_signed_in(client)


def test_counter_that_does_not_grow_is_that_of_a_copy(client, ada, device):
    device.counter = 5
    show(client, SIGN_IN, device, ada)
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    show(client, SIGN_IN, device, ada)
    assert not is_signed_in(client)
    device.counter = 6
    show(client, SIGN_IN, device, ada)
    assert is_signed_in(client)


def test_passkey_does_not_open_another_account(client, ada, device):
    other = member(username="other")
    show(client, SIGN_IN, device, other)
    assert not is_signed_in(client)


def test_another_key_under_the_same_number_opens_nothing(client, ada, device):
    show(client, SIGN_IN, Device(device.identifier), ada)
    assert not is_signed_in(client)


def test_passkey_of_one_account_is_not_added_to_another(client, ada, device):
    other = member(username="other")
    client.force_login(other)
    prove(client)
    assert "known already" in add(client, device).content.decode()
    assert not Authenticator.objects.filter(user=other).exists()


def test_passkey_opens_nothing_in_another_organization(client, ada, device, other_organization):
    with organization_context(other_organization):
        member(username="ada")
    client.defaults["SERVER_NAME"] = "summit.localhost"
    device.origin, device.host = "http://summit.localhost", "summit.localhost"
    show(client, SIGN_IN, device, ada)
    assert not is_signed_in(client)


def test_suspended_person_stays_outside(client, ada, device):
    type(ada).objects.filter(pk=ada.pk).update(is_active=False)
    show(client, SIGN_IN, device, ada)
    assert not is_signed_in(client)


NONSENSE = [
    "",
    "x",
    "[]",
    "{}",
    '{"response": {}}',
    '{"response": {"userHandle": 7}}',
    '{"response": {"userHandle": "AAAA"}, "rawId": 7}',
    '{"id": "AA", "rawId": "AA", "response": {"clientDataJSON": "AA", "authenticatorData": "AA", "signature": "AA"}}',
    json.dumps({"response": {"userHandle": "\x00"}}),
    "[" * 10_000,
    "1" * 30_000,
]


@pytest.mark.parametrize("sent", NONSENSE, ids=lambda text: text[:30])
def test_nonsense_signs_nobody_in_and_is_no_error(client, ada, device, sent):
    question(client, SIGN_IN)
    assert client.post(SIGN_IN, {"credential": sent})["Location"] == "/accounts/login/"
    sign_in(client, ada)
    question(client, SECOND_STEP)
    assert client.post(SECOND_STEP, {"credential": sent}).status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("sent", NONSENSE, ids=lambda text: text[:30])
def test_nonsense_adds_no_passkey_and_is_no_error(client, ada, sent):
    client.force_login(ada)
    prove(client)
    question(client, ADD)
    answer = client.post(ADD, {"name": "x", "credential": sent})
    assert "not accepted" in answer.content.decode()
    assert not Authenticator.objects.exists()
