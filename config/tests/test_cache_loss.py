"""Without the cache the site is slower, and works: dead (nobody answers) and hung (somebody listens and is silent)."""

import socket
import time
from importlib import import_module

import pytest
from django.conf import settings
from django.contrib.sessions.backends import cached_db

from courses.tests.factories import CourseFactory
from users.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead_port():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]  # bound, and nobody listens


@pytest.fixture
def hung_port():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        yield silent.getsockname()[1]


@pytest.fixture(params=["dead", "hung"])
def lost_cache(request, settings):
    port = request.getfixturevalue(f"{request.param}_port")
    settings.CACHES = {
        "default": {
            "BACKEND": "lib.cache.ResilientRedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}",
            "KEY_FUNCTION": "tenancy.caching.make_key",
        }
    }


def test_pages_and_sign_in_work_without_the_cache(lost_cache, organization, client):
    user = UserFactory(email_verified_at="2026-01-01T00:00Z")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    course = CourseFactory(published=True)
    started = time.monotonic()

    answers = [
        client.get("/courses/"),
        client.get(course.get_absolute_url()),
        client.post("/accounts/login/", {"login": user.username, "password": PASSWORD}),
        client.get("/"),
        client.get("/my/courses/"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 302, 200, 200]
    assert course.title in answers[1].content.decode()
    assert client.session["_auth_user_id"] == str(user.pk)
    assert time.monotonic() - started < 5


def test_readyz_says_that_the_cache_is_away(lost_cache, client, db):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["cache"]) == (200, "slow: not available")


def test_production_uses_the_resilient_cache():
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, cached_db.SessionStore)
