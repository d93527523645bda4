"""Looking changes nothing: no GET and no HEAD of any address writes a row, whoever asks."""

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from config.seeding.canary import seed_canary
from config.tests import test_access
from config.tests.database_watch import writes_by_table
from courses.models import Subject
from lib.access import public

pytestmark = pytest.mark.django_db

people = test_access.people

#: What a visit as such may note: the session, the device it comes from, and when it was last seen.
NOTES_OF_A_VISIT = {"django_session", "usersessions_usersession", "users_user"}

#: Looking that is itself written down: who saw or took what of whom, and a guess at a key that was wrong.
SEEN = {"tenancy_securityevent"}
WRITTEN_DOWN = {
    "account_reset_password_from_key": {"tenancy_securityevent", "users_failedsignin"},
    "activity:export": SEEN,
    "activity:of": SEEN,
    "enrollments:person": SEEN,
    "privacy:download": SEEN,
    "activity:export_of": SEEN,
    "activity:export_security": SEEN,
}
WRITTEN_DOWN |= {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}": SEEN
    for model, model_admin in admin.site._registry.items()
    if model_admin.record_of
    for page in ("changelist", "change", "history")
}

STAFF = {"other instructor", "co-instructor", "owner", "admin"}


@pytest.fixture
def canary(db):
    return seed_canary()


def written_by(canary, cookies, method, found):
    """The tables that one request wrote to; what it wrote is undone."""
    client = Client(SERVER_NAME=canary.host)
    client.cookies = cookies.copy()
    with transaction.atomic():
        before, waiting = writes_by_table(), len(connection.run_on_commit)
        response = client.generic(method, found)
        if response.streaming:
            b"".join(response.streaming_content)
        tables = set(writes_by_table() - before)
        if len(connection.run_on_commit) > waiting:
            tables.add("after the commit")
        transaction.set_rollback(True)
    return tables - NOTES_OF_A_VISIT, response.status_code


def methods_of(visitor, address, access):
    """Others than staff do not get past the back office's first page; HEAD runs what GET runs."""
    in_office = address.name.startswith("admin")
    if "GET" not in access.methods or (in_office and visitor not in STAFF):
        return ()
    return ("GET", "HEAD") if visitor == "admin" and not in_office else ("GET",)


@pytest.mark.parametrize("visitor", test_access.VISITORS)
def test_looking_writes_nothing(canary, people, visitor):
    cookies, wrong = test_access.cookies_of(canary, people.get(visitor)), []
    for address, access, found in test_access.pages(canary):
        for method in methods_of(visitor, address, access):
            tables, _status = written_by(canary, cookies, method, found)
            if tables - WRITTEN_DOWN.get(address.name, set()):
                wrong.append((address.name, method, sorted(tables)))
    assert wrong == []


@public
def writing_page(request):
    """A page as it must never be: it writes because somebody looked."""
    Subject.objects.update(title="changed")
    return HttpResponse()


urlpatterns = [path("writing/", writing_page), path("", include("config.urls"))]


@pytest.mark.urls(__name__)
def test_a_page_that_writes_is_found(canary):
    guest = test_access.cookies_of(canary, None)
    assert written_by(canary, guest, "GET", "/writing/") == (
        {"courses_subject", "tenancy_auditentry"},
        200,
    )
    assert written_by(canary, guest, "GET", "/courses/") == (set(), 200)
