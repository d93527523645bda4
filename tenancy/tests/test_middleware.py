"""Every request belongs to an organization, and what it wrote stands or falls with its answer."""

import pytest
from django.db import close_old_connections, connection, connections
from django.test import Client

from tenancy.context import organization_context
from tenancy.models import Domain, Organization
from tenancy.tests import site
from tenancy.tests.factories import found_organization

pytestmark = pytest.mark.urls("tenancy.tests.site")


@pytest.fixture
def school(transactional_db):
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


@pytest.fixture
def browser():
    return Client(SERVER_NAME="harbor.localhost", raise_request_exception=False)


@pytest.fixture
def next_request(monkeypatch):
    """What Django does with a kept connection when a request begins; with its health checks, as in production."""
    monkeypatch.setattr(connection, "health_check_enabled", True)
    return close_old_connections


def hosts(school):
    with organization_context(school):
        return set(Domain.objects.values_list("host", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("harbor.localhost", "harbor"),
        ("HARBOR.localhost", "harbor"),
        ("harbor.localhost.", "harbor"),
        ("summit.localhost", "summit"),
        ("nobody.localhost", "harbor"),
        ("127.0.0.1", "harbor"),
        ("[::1]", "harbor"),
    ],
)
def test_host_name_says_which_organization(
    client, organization, other_organization, settings, host, slug
):
    settings.ALLOWED_HOSTS = ["*"]
    organization_id = (
        Organization.objects.get(pk=organization.pk).pk
        if slug == "harbor"
        else other_organization.pk
    )
    for port in ("", ":8000"):
        answer = client.get("/whoami/", HTTP_HOST=f"{host}{port}")
        assert answer.content.decode() == f"{slug} {organization_id}"


def test_host_name_of_nobody_without_a_default_is_not_found(school, browser):
    with organization_context(school):
        Organization.objects.update(is_default=False)
    answer = browser.get("/whoami/", SERVER_NAME="nobody.localhost")
    assert answer.status_code == 404
    assert b"<h1" in answer.content


def test_host_name_that_is_none_is_refused(school, browser):
    assert browser.get("/whoami/", HTTP_HOST="a b").status_code == 400
    assert browser.get("/whoami/", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize("path", ["/fail/", "/500/", "/commit/"])
def test_what_fails_leaves_nothing_and_shows_no_success(school, browser, path):
    answer = browser.post(path)
    assert answer.status_code == 500
    assert b"Saved" not in answer.content
    assert hosts(school) == {"harbor.localhost"}
    assert browser.get("/whoami/").status_code == 200


def test_lost_connection_is_answered_503_and_heals(school, browser):
    answer = browser.get("/lose/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert b"<h1" in answer.content
    assert browser.get("/whoami/").status_code == 200


def test_connection_lost_between_requests_is_noticed_before_it_is_used(
    school, browser, next_request
):
    site.end_backend(site.backend())
    next_request()
    assert browser.get("/whoami/").status_code == 200


def test_connection_that_lives_is_not_asked_whether_it_does(
    school, browser, next_request, monkeypatch
):
    backend = site.backend()
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    next_request()
    assert browser.get("/whoami/").status_code == 200
    assert site.backend() == backend


def test_connection_lost_while_entering_is_answered_503_and_heals(school, browser):
    site.end_backend(site.backend())
    assert browser.get("/whoami/").status_code == 503
    assert browser.get("/whoami/").status_code == 200


def test_database_that_is_away_is_answered_503_until_it_is_back(school, browser):
    connection.close()
    good = connection.settings_dict["HOST"]
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        for _attempt in range(2):
            answer = browser.get("/whoami/")
            assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    finally:
        connection.settings_dict["HOST"] = good
        connections["default"].close()
    assert browser.get("/whoami/").status_code == 200


def test_settings_of_one_request_do_not_reach_the_next(school, browser):
    browser.get("/whoami/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT NULLIF(current_setting('app.organization_id', true), '')")
        assert cursor.fetchone() == (None,)
