"""No door tells whether there is an account: not in words, status, headers, nor in how much it does."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from users.hashers import Argon2idHasher
from users.models import FailedSignIn, Lockout, Mail, User
from users.tests.doors import browser, member, sign_in

pytestmark = pytest.mark.django_db

#: What differs between any two answers.
CHANGING = re.compile(
    rb'(csrfmiddlewaretoken" value|idempotency_key" value|nonce|name="login" value)="[^"]*"'
)


@pytest.fixture(autouse=True)
def ada(organization):
    return member(username="ada", email="ada@example.org")


def seen_by_stranger(answer, typed):
    """Status, headers and bytes of an answer, without what differs every time and what was typed."""
    body = CHANGING.sub(b"", answer.content).replace(typed.encode(), b"")
    headers = {
        name: re.sub(r"'nonce-[^']*'", "", value.replace(typed, "…"))
        for name, value in answer.headers.items()
        if name != "Expires"
    }
    cookies = {name: cookie["max-age"] for name, cookie in answer.cookies.items()}
    return answer.status_code, headers, cookies, body


def sign_in_wrongly(login):
    return sign_in(browser(), login, "wrong words")


def sign_in_too_often(login):
    for _attempt in range(6):
        answer = sign_in(browser(), login, "wrong words")
    return answer


def reset(email):
    return browser().post("/accounts/password/reset/", {"email": email})


def sign_up(email):
    form = {"username": "grace", "email": email, "password1": "seven small stones"}
    return browser().post("/accounts/signup/", form)


def sign_up_and_look(email):
    visitor = browser()
    form = {"username": "grace", "email": email, "password1": "seven small stones"}
    visitor.post("/accounts/signup/", form)
    return visitor.get("/accounts/confirm-email/")


def sign_up_twice(email):
    """Which sends the mail again."""
    sign_up(email)
    form = {"username": "hopper", "email": email, "password1": "seven small stones"}
    return browser().post("/accounts/signup/", form)


@pytest.mark.parametrize(
    ("knock", "known", "unknown"),
    [
        (sign_in_wrongly, "ada", "eve"),
        (sign_in_wrongly, "ada@example.org", "eve@example.org"),
        (sign_in_too_often, "ada", "eve"),
        (sign_in_too_often, "ada@example.org", "eve@example.org"),
        (reset, "ada@example.org", "eve@example.org"),
        (sign_up, "ada@example.org", "eve@example.org"),
        (sign_up_and_look, "ada@example.org", "eve@example.org"),
        (sign_up_twice, "ada@example.org", "eve@example.org"),
    ],
)
def test_answer_is_the_same_byte_for_byte(knock, known, unknown):
    answers = [seen_by_stranger(knock(typed), typed) for typed in (known, unknown)]

    assert answers[0] == answers[1]


@pytest.fixture
def hashed(monkeypatch):
    """How often a password is hashed."""
    calls = []
    for name in ("encode", "verify"):
        method = getattr(Argon2idHasher, name)
        monkeypatch.setattr(
            Argon2idHasher,
            name,
            lambda self, *args, method=method: calls.append(1) or method(self, *args),
        )
    return calls


@pytest.mark.parametrize("login", ["ada", "ada@example.org", "eve", "eve@example.org"])
def test_each_guess_costs_one_hash_also_during_a_lockout(hashed, login):
    costs = []
    for _attempt in range(7):
        hashed.clear()
        sign_in_wrongly(login)
        costs.append(len(hashed))

    assert Lockout.objects.count() == 1
    assert costs == [1] * 7


def statements(call, *args):
    with CaptureQueriesContext(connection) as captured:
        call(*args)
    return [re.sub(r"'[^']*'|[0-9a-f-]{36}", "?", query["sql"])[:60] for query in captured]


@pytest.mark.parametrize(
    ("known", "unknown"), [("ada", "eve"), ("ada@example.org", "eve@example.org")]
)
def test_each_guess_asks_the_database_as_often(known, unknown):
    for _attempt in range(7):
        asked = [len(statements(sign_in_wrongly, login)) for login in (known, unknown)]
        assert asked[0] == asked[1]

    assert FailedSignIn.objects.count() == 10


def test_sign_up_does_as_much_for_a_taken_email_and_leaves_nothing():
    asked = [statements(sign_up, email) for email in ("ada@example.org", "eve@example.org")]

    for table in ("users_user", "users_profile", "account_emailaddress", "users_mail"):
        assert [sum(f'INSERT INTO "{table}"' in sql for sql in each) for each in asked] == [1, 1]
    assert set(User.objects.values_list("username", flat=True)) == {"ada", "grace"}


def test_reset_writes_a_mail_for_either():
    asked = [len(statements(reset, email)) for email in ("ada@example.org", "eve@example.org")]

    assert abs(asked[0] - asked[1]) <= 1
    assert Mail.objects.count() == 2
