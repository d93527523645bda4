"""Session and person come with entering the organization, and only for whom they are."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lib.rows import fetch_row
from tenancy.context import NOBODY
from users import arrivals, backends
from users.middleware import ActorMiddleware
from users.session_store import SessionStore
from users.sessions import DEVICE
from users.tests.factories import UserFactory

ACTING = "SELECT current_setting('app.actor_id') AS actor, current_setting('app.private_to') AS private_to"


@pytest.fixture
def ada(client, organization):
    ada = UserFactory()
    client.force_login(ada)
    return ada


def arrive(key):
    request = RequestFactory().get("/", HTTP_COOKIE=f"session={key}")
    question = backends.ask_who_comes(request)
    backends.receive_who_comes(request, question and fetch_row(*question))


def test_page_reads_nobody_a_second_time(client, ada):
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("users:preferences")).status_code == 200

    statements = [query["sql"] for query in captured]
    assert sum("users_user" in text for text in statements) == 1
    assert not any(text.startswith("SELECT") and '"django_session"' in text for text in statements)


def test_person_and_session_are_handed_out_once(client, ada):
    key, device = client.session.session_key, client.session[DEVICE]
    arrive(key)

    assert arrivals.take_person(ada.pk, device + 1) is None
    assert arrivals.take_person(ada.pk, device).id == ada.pk
    assert arrivals.take_person(ada.pk, device) is None
    assert arrivals.take_session("another") is None
    assert SessionStore(key).decode(arrivals.take_session(key))[DEVICE] == device
    assert arrivals.take_session(key) is None


def test_session_that_was_changed_meanwhile_is_read_anew(client, ada):
    key = client.session.session_key
    arrive(key)
    first = SessionStore(key)
    first["seen"] = "yes"
    first.save()

    assert SessionStore(key)["seen"] == "yes"


@pytest.mark.parametrize("key", ["", "none", "a\x00b", "é", "x" * 5_000])
def test_nobody_comes_with_a_cookie_of_nonsense(organization, key):
    arrive(key)
    assert arrivals.take_session(key) is None


def test_session_that_is_not_its_persons_any_more_makes_nobody_act(client, ada):
    key = client.session.session_key
    Session.objects.filter(session_key=key).update(session_data=SessionStore().encode({}))
    arrive(key)
    assert fetch_row(ACTING) == (str(ada.pk), str(ada.pk))
    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(key), AnonymousUser()

    acting = ActorMiddleware(lambda request: fetch_row(ACTING))(request)

    assert acting == ("", NOBODY)


def test_expired_session_is_nobodys(client, ada):
    Session.objects.update(expire_date="2001-01-01T00:00Z")
    cache.clear()
    assert client.get(reverse("users:devices")).status_code == 302
