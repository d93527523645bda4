"""Devices on which people are signed in: shown, ended, and dead at the next request."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenancy.context import organization_context
from users import sessions
from users.tests.doors import browser, is_signed_in, kinds_of, member, sign_in
from users.tests.factories import PASSWORD
from users.user_agents import device_name

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
DEVICES = "/settings/devices/"


@pytest.fixture
def ada(organization):
    return member(username="ada")


@pytest.fixture
def elsewhere(ada):
    """Another browser on which Ada is signed in."""
    other = browser()
    sign_in(other, "ada")
    return other


def device_of(client):
    return UserSession.objects.get(pk=client.session[sessions.DEVICE])


def end(client, device):
    return client.post(f"{DEVICES}{device.pk}/end/")


def test_sign_in_notes_device_and_address(client, ada):
    client.post(
        "/accounts/login/",
        {"login": "ada", "password": PASSWORD},
        REMOTE_ADDR="203.0.113.7",
        HTTP_USER_AGENT=FIREFOX,
    )

    ada.refresh_from_db()
    assert ada.last_login_ip == "203.0.113.7"
    page = client.get(DEVICES).content.decode()
    assert "Firefox · Linux" in page
    assert "203.0.113.7" in page
    assert "this device" in page
    assert kinds_of(ada) == ["signed_in"]


def test_sign_in_works_without_an_address(client, ada):
    form = {"login": "ada", "password": PASSWORD}
    client.post("/accounts/login/", form, REMOTE_ADDR="", HTTP_USER_AGENT="x" * 5000)

    ada.refresh_from_db()
    assert ada.last_login_ip is None
    assert "unknown address" in client.get(DEVICES, REMOTE_ADDR="").content.decode()


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "Chrome · Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit Version/17 Safari/605",
            "Safari · macOS",
        ),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
        ("\x00\ud800", "Unknown device"),
    ],
)
def test_device_is_named_in_words(user_agent, name):
    assert device_name(user_agent) == name


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("127.0.0.1", "this machine"),
        ("192.168.1.4", "this network"),
        ("::ffff:10.0.0.1", "this network"),
        ("fe80::1", "this network"),
        ("::", "unknown address"),
        ("1.1.1.1", ""),
    ],
)
def test_place_is_told_as_far_as_the_address_does(ip, place):
    assert sessions.place_of(ip) == place


def test_one_device_is_signed_out_by_post_alone(client, ada, elsewhere):
    sign_in(client, "ada")
    other = device_of(elsewhere)
    question = client.get(f"{DEVICES}{other.pk}/end/").content.decode()
    assert "Sign out" in question
    assert is_signed_in(elsewhere)

    assert end(client, other)["Location"] == DEVICES

    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)
    assert kinds_of(ada)[-1] == "session_ended"


def test_all_other_devices_are_signed_out_at_once(client, ada, elsewhere):
    third = browser()
    sign_in(third, "ada")
    sign_in(client, "ada")

    client.get(f"{DEVICES}end/")
    assert is_signed_in(third)
    client.post(f"{DEVICES}end/")

    assert [is_signed_in(each) for each in (client, elsewhere, third)] == [True, False, False]
    assert UserSession.objects.count() == 1


def test_own_device_is_signed_out_by_the_usual_door(client, ada):
    sign_in(client, "ada")

    assert end(client, device_of(client))["Location"] == "/accounts/logout/"
    assert is_signed_in(client)


def test_ended_session_is_dead_though_the_cache_and_the_store_still_hold_it(client, ada, elsewhere):
    sign_in(client, "ada")
    key = elsewhere.session.session_key
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    held, kept = dict(store.items()), cache.get(store.cache_key)
    assert kept

    end(client, device_of(elsewhere))
    assert cache.get(store.cache_key) is None
    # A request that read the session a moment before puts it back into both.
    revenant = import_module(settings.SESSION_ENGINE).SessionStore(key)
    revenant._session_cache = held
    revenant.save(must_create=True)
    assert cache.get(store.cache_key)

    assert not is_signed_in(elsewhere)


def test_devices_of_others_are_neither_shown_nor_ended(client, ada, elsewhere):
    member(username="bob")
    sign_in(client, "bob")

    assert end(client, device_of(elsewhere)).status_code == 404
    client.post(f"{DEVICES}end/")

    assert is_signed_in(elsewhere)
    assert client.get(DEVICES).content.decode().count('<li><div class="rows-main">') == 1


def test_session_of_one_does_not_open_with_the_device_of_another(client, ada, elsewhere):
    member(username="bob")
    sign_in(client, "bob")
    session = client.session
    session[sessions.DEVICE] = device_of(elsewhere).pk
    session.save()

    assert not is_signed_in(client)


def test_session_without_a_device_is_nobodys(client, ada):
    sign_in(client, "ada")
    session = client.session
    del session[sessions.DEVICE]
    session.save()

    assert not is_signed_in(client)


@pytest.mark.parametrize("number", ["0", "9" * 40, "-1", "x"])
def test_unknown_devices_are_not_found(client, ada, number):
    sign_in(client, "ada")

    assert client.post(f"{DEVICES}{number}/end/").status_code == 404


def test_last_seen_is_written_every_few_minutes(client, ada):
    sign_in(client, "ada")
    with CaptureQueriesContext(connection) as usual:
        client.get(f"/people/{ada.pk}/")
    assert not [
        query for query in usual if "usersessions" in query["sql"] and "UPDATE" in query["sql"]
    ]
    assert not [query for query in usual if '"django_session"' in query["sql"]]

    session = client.session
    session[sessions.SEEN] -= sessions.SEEN_EVERY.total_seconds() + 1
    session.save()
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    client.get(f"/people/{ada.pk}/", REMOTE_ADDR="203.0.113.9")

    device = device_of(client)
    assert device.ip == "203.0.113.9"
    assert timezone.now() - device.last_seen_at < timedelta(minutes=1)
    with CaptureQueriesContext(connection) as again:
        client.get(f"/people/{ada.pk}/")
    assert len(again) == len(usual)


def test_changed_password_ends_the_other_sessions_and_keeps_this_one(client, ada, elsewhere):
    sign_in(client, "ada")
    new = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post("/accounts/password/change/", new | {"oldpassword": PASSWORD})

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    (device,) = UserSession.objects.all()
    assert device.session_key == client.session.session_key
    sign_in(elsewhere, "ada", "three grey pebbles")
    end(elsewhere, device)
    assert not is_signed_in(client)


def test_signing_out_removes_the_device(client, ada):
    sign_in(client, "ada")
    client.post("/accounts/logout/")

    assert not UserSession.objects.exists()
    assert kinds_of(ada) == ["signed_in", "signed_out"]


def test_signing_in_as_somebody_else_makes_a_device_of_theirs(client, ada):
    bob = member(username="bob")
    client.force_login(ada)
    client.force_login(bob)

    assert is_signed_in(client)
    assert device_of(client).user == bob


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_as_often_for_three_devices_as_for_one(client, ada, count):
    for _number in range(count - 1):
        sign_in(browser(), "ada")
    sign_in(client, "ada")

    with CaptureQueriesContext(connection) as asked:
        page = client.get(DEVICES).content.decode()

    assert page.count('<li><div class="rows-main">') == count
    assert len(asked) <= 5


def test_list_is_paged(client, ada):
    sign_in(client, "ada")
    UserSession.objects.bulk_create(
        UserSession(user=ada, ip="192.0.2.1", session_key=f"key{number}") for number in range(30)
    )

    first = client.get(DEVICES).content.decode()

    assert first.count('<li><div class="rows-main">') == 20
    assert 'rel="next"' in first
    for cursor in ("x", "\x00", "9" * 3000):
        assert client.get(DEVICES, {"cursor": cursor}).status_code == 200


def test_session_of_one_organization_is_unknown_in_another(client, ada, other_organization):
    sign_in(client, "ada")
    client.defaults["SERVER_NAME"] = "summit.localhost"
    client.cookies["session"] = client.cookies["session"].value

    assert client.get("/settings/profile/").status_code == 302
    with organization_context(other_organization):
        assert not UserSession.objects.exists()


def test_the_night_removes_devices_of_expired_sessions(client, ada):
    sign_in(client, "ada")
    UserSession.objects.create(
        user=ada, ip="::", session_key="old", last_seen_at=timezone.now() - timedelta(days=15)
    )

    sessions.sweep(now=timezone.now())

    assert UserSession.objects.get() == device_of(client)
