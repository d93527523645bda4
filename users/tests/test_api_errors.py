"""Below /api/ every error is JSON, wherever in the site it is made."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404
from django.test import Client

from users import api

ME, UNKNOWN = "/api/v1/me", "/api/v9/unknown"


@pytest.fixture
def program(organization):
    """A client that is answered as in production: what fails is a page, not an exception."""
    return Client(SERVER_NAME="harbor.localhost", raise_request_exception=False)


def assert_told(answer, status, error):
    told = json.loads(answer.content)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert (sorted(told), told["error"]) == (["detail", "error"], error)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("failure", "status", "error"),
    [
        (RuntimeError("x"), 500, "internal_error"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "forbidden"),
        (SuspiciousOperation(), 400, "bad_request"),
        (OperationalError("gone"), 503, "unavailable"),
    ],
)
def test_failure_outside_of_the_apis_own_care_is_json(program, monkeypatch, failure, status, error):
    def fail(*args):
        raise failure

    monkeypatch.setattr(api, "_answer", fail)
    assert_told(program.get(ME), status, error)


def test_words_of_a_failure_stay_inside(program, monkeypatch):
    def fail(*args):
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(api, "_answer", fail)
    assert b"swordfish" not in program.get(ME).content


@pytest.mark.django_db(transaction=True)
def test_middlewares_answers_are_json(monkeypatch):
    def away(request):
        raise OperationalError("gone")

    monkeypatch.setattr("tenancy.middleware.enter", away)
    answer = Client(SERVER_NAME="harbor.localhost").get(ME)
    assert_told(answer, 503, "unavailable")
    assert answer["Retry-After"] == "5"


def test_host_of_nobody_is_json(program):
    assert_told(program.get(ME, SERVER_NAME="evil.example"), 400, "bad_request")


@pytest.mark.parametrize("path", [ME, UNKNOWN])
def test_too_much_is_json(program, settings, path):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert_told(program.post(path, {"text": "x" * 20}), 413, "too_large")


def test_too_much_on_a_page_is_a_page(program, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = program.post("/preferences/", {"theme": "x" * 20})
    assert answer.status_code == 413
    assert "That was too much at once" in answer.content.decode()


def test_pages_fail_as_pages(program):
    assert "There is no path here" in program.get("/nothing/").content.decode()


def test_program_without_https_is_refused_and_not_led_on(program, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert json.loads(program.get(ME).content)["error"] == "https_required"
    assert program.get(ME).status_code == 403
    assert program.get(ME, secure=True).status_code == 401
    assert program.get("/courses/").status_code == 301
