"""Looking changes nothing: no GET and no HEAD of any address writes a row, whoever asks.

Every address is asked in `test_walks.py`, where every answer also goes through `wrongly_written`.
"""

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from config.access import Address
from config.seeding.canary import seed_canary
from config.tests import test_access
from courses.models import Subject
from lib.access import public

pytestmark = pytest.mark.django_db

#: Looking that is itself written down: who saw or took what of whom, and a guess at a key that was wrong.
SEEN = {"tenancy_securityevent"}
WRITTEN_DOWN = {
    "account_reset_password_from_key": {"tenancy_securityevent", "users_failedsignin"},
    "activity:export": SEEN,
    "activity:of": SEEN,
    "billing:books": SEEN,
    "billing:invoice": SEEN,
    "billing:invoice_pdf": SEEN,
    "billing:order_cancel": SEEN,
    "bulk:report": SEEN,
    "bulk:upload": SEEN,
    "certificates:course_certificate": SEEN,
    "enrollments:people_csv": SEEN,
    "enrollments:people_xlsx": SEEN,
    "enrollments:person": SEEN,
    "enrollments:waitlist_entry": SEEN,
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
WRITTEN_DOWN |= {
    f"admin:{model._meta.app_label}_{model._meta.model_name}_export": SEEN
    for model, model_admin in admin.site._registry.items()
    if getattr(model_admin, "table", None)
}


@pytest.fixture
def canary(db):
    return seed_canary()


def wrongly_written(_visitor, address, _access, method, response):
    """The tables that an answer wrote to though somebody only looked."""
    if method in ("GET", "HEAD"):
        expected = test_access.NOTES_OF_A_VISIT | WRITTEN_DOWN.get(address.name, set())
        yield from sorted(response.written - expected)


@public
def writing_page(request):
    """A page as it must never be: it writes because somebody looked."""
    Subject.objects.update(title="changed")
    return HttpResponse()


urlpatterns = [path("writing/", writing_page), path("", include("config.urls"))]


def written_by(canary, found):
    address, guest = Address("page", found, (), None), test_access.cookies_of(canary, None)
    response = test_access.ask(canary, guest, "GET", found)
    assert response.status_code == 200
    return set(wrongly_written("anonymous", address, None, "GET", response))


@pytest.mark.urls(__name__)
def test_a_page_that_writes_is_found(canary):
    assert written_by(canary, "/writing/") == {"courses_subject", "tenancy_auditentry"}
    assert written_by(canary, "/courses/") == set()
