"""Tokens: made once, shown once, kept as a hash, ended at once; and what programs reach with them."""

import json
import re
import threading
from datetime import date, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy.context import organization_context
from tenancy.models import SecurityEvent
from tenancy.tests.factories import found_organization
from users import shown_once, tokens
from users.models import ApiToken, FailedSignIn, Profile
from users.tests.doors import browser, kinds_of, member, sign_in
from users.tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ME = "/api/v1/me"
NEW = "/settings/tokens/new/"
MADE = "/settings/tokens/made/"
SCOPE = "profile:read"


@pytest.fixture
def ada(organization):
    return member(username="ada", email="ada@example.org")


def make(user, *scopes, expires_at=None, name="script"):
    return tokens.make_token(
        user, name=name, scopes=scopes or [SCOPE], expires_at=expires_at, now=NOW
    )


def ask(value, method="GET", path=ME, **extra):
    return browser().generic(method, path, headers={"Authorization": f"Bearer {value}"}, **extra)


# Tokens


def test_token_is_kept_as_a_hash_with_its_beginning(ada):
    token, value = make(ada)

    assert re.fullmatch(r"cairn_[A-Za-z0-9]{48}", value)
    assert token.prefix == value[6:14]
    assert token.token_hash == sha256(value.encode()).hexdigest()
    assert value[14:] not in str(ApiToken.objects.values().get())
    assert kinds_of(ada) == ["token_made"]


def test_revoked_token_stays_so(ada):
    token, value = make(ada)
    for moment in (NOW, NOW + timedelta(hours=1)):
        tokens.revoke_token(token.pk, now=moment)

    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert kinds_of(ada) == ["token_made", "token_revoked"]
    assert ask(value).status_code == 401


def test_nobody_has_more_tokens_than_the_limit(ada, monkeypatch):
    monkeypatch.setattr(tokens, "MAX_TOKENS", 2)
    token, _value = make(ada)
    make(ada)
    with pytest.raises(tokens.TooManyTokens):
        make(ada)
    tokens.revoke_token(token.pk, now=NOW)

    make(ada)


# The page


@pytest.fixture
def signed_in(client, ada):
    """Ada, who has just given her password again."""
    sign_in(client, "ada")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_making_a_token_asks_for_the_password_again(client, ada):
    client.force_login(ada)

    for answer in (client.get(NEW), client.post(NEW, {"name": "x", "scopes": [SCOPE]})):
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not ApiToken.objects.exists()


def test_value_is_shown_until_it_is_copied(signed_in, ada):
    made = signed_in.post(NEW, {"name": "My script", "scopes": [SCOPE], "lasts": "30"})
    assert made["Location"] == MADE

    answer = signed_in.get(MADE)
    value = re.search(r"cairn_\w{48}", answer.content.decode()).group()
    assert "no-store" in answer["Cache-Control"]
    page = signed_in.get("/settings/tokens/").content.decode()
    assert "My script" in page
    assert value[:14] in page
    assert value not in page
    assert ask(value).status_code == 200
    assert value in signed_in.get(MADE).content.decode()
    assert signed_in.post(MADE)["Location"] == "/settings/tokens/"
    assert signed_in.get(MADE)["Location"] == "/settings/tokens/"
    lasts = ApiToken.objects.get().expires_at - timezone.now()
    assert timedelta(days=29) < lasts < timedelta(days=31)


def test_value_is_not_shown_for_long(signed_in, monkeypatch):
    signed_in.post(NEW, {"name": "x", "scopes": [SCOPE], "lasts": "30"})
    monkeypatch.setattr(shown_once, "SHOWN_FOR", -1)
    assert signed_in.get(MADE)["Location"] == "/settings/tokens/"


def test_value_is_shown_to_its_session_alone_and_stored_nowhere(signed_in, ada):
    signed_in.post(NEW, {"name": "x", "scopes": [SCOPE], "lasts": "30"})
    value = re.search(r"cairn_\w{48}", signed_in.get(MADE).content.decode()).group()

    assert value not in str(signed_in.session.items())
    elsewhere = browser()
    sign_in(elsewhere, "ada")
    assert elsewhere.get(MADE)["Location"] == "/settings/tokens/"


def test_revoked_token_is_no_longer_shown(signed_in):
    signed_in.post(NEW, {"name": "x", "scopes": [SCOPE], "lasts": "30"})
    tokens.revoke_token(ApiToken.objects.get().pk, now=NOW)
    assert signed_in.get(MADE)["Location"] == "/settings/tokens/"


@pytest.mark.django_db(transaction=True)
def test_button_pressed_twice_makes_one_token_and_shows_it():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(school):
        member(username="ada")
    client = browser()
    sign_in(client, "ada")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    form = {"name": "x", "scopes": [SCOPE], "lasts": "30", "idempotency_key": str(uuid4())}
    answers, start = [], threading.Barrier(3)

    def press():
        again = browser()
        again.cookies = client.cookies.copy()
        start.wait(timeout=60)
        try:
            answers.append(again.post(NEW, form).headers.get("Location"))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert answers == [MADE] * 3
    with organization_context(school):
        assert ApiToken.objects.count() == 1
    value = re.search(r"cairn_\w{48}", client.get(MADE).content.decode()).group()
    assert ask(value).status_code == 200


def test_token_lasts_ninety_days_unless_wished_otherwise(signed_in):
    page = signed_in.get(NEW).content.decode()

    assert re.search(r'<option value="90" selected', page)
    signed_in.post(NEW, {"name": "x", "scopes": [SCOPE], "lasts": ""})
    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "\x00"},
        {"scopes": []},
        {"scopes": ["everything"]},
        {"lasts": "9" * 40},
        {"lasts": "-1"},
    ],
)
def test_wrong_wishes_are_errors_of_the_form(signed_in, wrong):
    answer = signed_in.post(NEW, {"name": "x", "scopes": [SCOPE], "lasts": "30"} | wrong)

    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_form_sets_nothing_but_its_fields(signed_in, ada):
    bob = member(username="bob")
    extra = {"user": str(bob.pk), "token_hash": "x", "prefix": "x", "last_used_at": "2020-01-01"}

    signed_in.post(NEW, {"name": "x", "scopes": [SCOPE]} | extra)

    token = ApiToken.objects.get()
    assert (token.user, token.last_used_at, len(token.token_hash)) == (ada, None, 64)


def test_revoking_asks_first(signed_in, ada):
    token, value = make(ada)
    path = f"/settings/tokens/{token.pk}/revoke/"

    assert "Revoke" in signed_in.get(path).content.decode()
    assert ask(value).status_code == 200
    assert signed_in.post(path)["Location"] == "/settings/tokens/"

    assert ask(value).status_code == 401
    assert signed_in.post(path).status_code == 404


def test_tokens_of_others_are_neither_shown_nor_revoked(signed_in, ada):
    token, value = make(member(username="bob"), name="bobs own")

    assert "bobs own" not in signed_in.get("/settings/tokens/").content.decode()
    assert signed_in.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404
    assert ask(value).status_code == 200


def test_own_page_of_an_admin_is_about_their_own_tokens(client, ada):
    token, _value = make(ada, name="adas own")
    client.force_login(member(username="boss", role="admin"))

    assert "adas own" not in client.get("/settings/tokens/").content.decode()
    assert client.post(f"/settings/tokens/{token.pk}/revoke/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_as_often_for_three_tokens_as_for_one(signed_in, ada, count):
    for _number in range(count):
        make(ada)

    with CaptureQueriesContext(connection) as asked:
        page = signed_in.get("/settings/tokens/").content.decode()

    assert page.count("cairn_") == count
    assert len(asked) <= 5


def test_staff_see_and_revoke_tokens_and_never_their_values(client, ada):
    token, value = make(ada)
    client.force_login(member(username="boss", role="admin"))

    for path in ("", f"{token.pk}/change/"):
        page = client.get(f"/admin/users/apitoken/{path}").content.decode()
        assert token.prefix in page
        assert token.token_hash not in page
    client.post("/admin/users/apitoken/", {"action": "revoke", "_selected_action": [str(token.pk)]})

    assert ask(value).status_code == 401


# The door


def test_me_is_the_owners_profile(ada):
    Profile.objects.filter(user=ada).update(bio="Stones.", birth_date=date(1985, 12, 10))
    _token, value = make(ada)

    answer = ask(value)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert json.loads(answer.content) == {
        "id": str(ada.pk),
        "username": "ada",
        "email": "ada@example.org",
        "first_name": ada.first_name,
        "last_name": ada.last_name,
        "role": "student",
        "avatar": None,
        "bio": "Stones.",
        "date_of_birth": "1985-12-10",
    }


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer cairn_",
        "Bearer x",
        "Basic YWRhOng=",
        "Bearer cairn_" + "x" * 48,
        "Bearer cairn_\x00" + "x" * 47,
        "Bearer " + "\ud800" * 3,
        "Bearer " + "x" * 100_000,
    ],
)
def test_without_a_usable_token_it_is_401(ada, header):
    make(ada)
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}

    answer = browser().get(ME, **headers)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer realm="Cairn", error="invalid_token"')
    assert json.loads(answer.content)["error"] == "invalid_token"


def test_ended_token_is_401_and_no_failure(ada):
    _token, value = make(ada, expires_at=NOW - timedelta(seconds=1))

    assert ask(value).status_code == 401
    assert not FailedSignIn.objects.exists()


def test_token_that_does_not_reach_so_far_is_403(ada):
    _token, value = make(ada, "courses:read")

    answer = ask(value)

    assert answer.status_code == 403
    assert 'error="insufficient_scope", scope="profile:read"' in answer["WWW-Authenticate"]
    assert json.loads(answer.content)["error"] == "insufficient_scope"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_405(ada, method):
    _token, value = make(ada)

    answer = ask(value, method)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/me/", "/api/v9/x"])
def test_unknown_addresses_are_404_in_json(ada, path):
    answer = browser().get(path)

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"


def test_session_opens_nothing_here_and_none_is_begun(client, ada):
    client.force_login(ada)
    session = client.session
    session["seen_at"] = 0  # its next visit to a page would be noted
    session.save()

    answer = client.get(ME)

    assert answer.status_code == 401
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    _token, value = make(member(username="bob"))
    both = client.get(ME, headers={"Authorization": f"Bearer {value}"})
    assert json.loads(both.content)["username"] == "bob"
    assert not both.cookies


def test_token_of_another_organization_opens_nothing(ada, other_organization):
    with organization_context(other_organization):
        _token, value = make(member(username="far"))

    assert ask(value).status_code == 401


def test_rows_are_those_of_the_owner(ada, rf, organization):
    _mine, value = make(ada)
    make(member(username="bob"))
    caller = tokens.read_token(value, client_ip="", now=NOW)

    assert caller.user == ada
    assert {token.user_id for token in ApiToken.objects.all()} == {ada.pk}
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.actor_id', true)")
        assert cursor.fetchone() == (str(ada.pk),)
    assert tokens.read_token("cairn_x", client_ip="", now=NOW) is None
    assert not ApiToken.objects.exists()


def test_staff_see_everybodys_rows(ada):
    _token, value = make(member(username="boss", role="admin"))
    make(ada)
    tokens.read_token(value, client_ip="", now=NOW)

    assert ApiToken.objects.count() == 2


def test_last_use_is_written_every_few_minutes(ada):
    token, value = make(ada)
    used = []
    for minutes in (0, 1, 6):
        tokens.read_token(value, client_ip="", now=NOW + timedelta(minutes=minutes))
        token.refresh_from_db()
        used.append(token.last_used_at - NOW)

    assert used == [timedelta(0), timedelta(0), timedelta(minutes=6)]


def test_wrong_tokens_count_and_answer_alike(ada):
    token, _value = make(ada)
    answers = []
    for prefix in (token.prefix, "unknown0"):
        answer = ask(f"cairn_{prefix}{'x' * 40}")
        answers.append((answer.status_code, answer.headers, answer.content))

    assert answers[0] == answers[1]
    assert FailedSignIn.objects.count() == 2
    assert SecurityEvent.objects.filter(user_id=ada.pk, kind="sign_in_failed").count() == 1


def test_me_asks_the_database_a_fixed_number_of_times(ada):
    _token, value = make(ada)
    ask(value)

    with CaptureQueriesContext(connection) as asked:
        ask(value)

    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 6
