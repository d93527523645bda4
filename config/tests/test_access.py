"""Every address, asked by everybody, with every method: who gets in is what the table says."""

import pytest
from django.test import Client

from config.access import Who, access_to, addresses
from config.samples import Samples, sample_path
from config.seeding.canary import seed_canary
from tenancy.context import organization_context
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

#: Who counts as what: each visitor with all that the table's words allow them.
VISITORS = {
    "guest": {Who.ANYONE},
    "stranger": {Who.ANYONE, Who.SIGNED_IN},
    "learner": {Who.ANYONE, Who.SIGNED_IN, Who.LEARNER, Who.STUDENT},
    "other instructor": {Who.ANYONE, Who.SIGNED_IN, Who.STAFF},
    "owner": {Who.ANYONE, Who.SIGNED_IN, Who.LEARNER, Who.COURSE_STAFF, Who.STAFF},
    "admin": {Who.ANYONE, Who.SIGNED_IN, Who.LEARNER, Who.COURSE_STAFF, Who.STAFF, Who.ADMIN},
}

#: Addresses that refuse for another reason than who asks, such as a course that one teaches oneself.
OTHER_REASONS = {
    "account_inactive",
    "enrollments:enroll",
    "progress:visit",
    "progress:complete",
    "openid_connect_login",
    "openid_connect_callback",
    "users:device_end",
    "users:token_revoke",
    "users:api_not_found",
}


@pytest.fixture
def canary(db):
    return seed_canary()


@pytest.fixture
def people(canary):
    with organization_context(canary.organization):
        return {
            "stranger": UserFactory(),
            "other instructor": UserFactory(instructor=True),
            "learner": User.objects.get(pk=canary.accounts["student"]["id"]),
            "owner": User.objects.get(pk=canary.accounts["instructor"]["id"]),
            "admin": UserFactory(admin=True),
        }


def ask(canary, people, visitor, method, path):
    client = Client(SERVER_NAME=canary.host)
    if visitor != "guest":
        with organization_context(canary.organization):
            client.force_login(people[visitor])
    response = client.generic(method, path)
    if response.streaming:  # read to its end, where the client closes the file
        b"".join(response.streaming_content)
    return response


def is_refused(response):
    to_sign_in = response.status_code == 302 and "/login/?next=" in response["Location"]
    return to_sign_in or response.status_code in (403, 404)


def pages(canary):
    with organization_context(canary.organization):
        samples = Samples.of_current_organization()
        found = [(address, access_to(address.name)) for address in addresses()]
        return [
            (address, access, sample_path(address, access, samples))
            for address, access in found
            if sample_path(address, access, samples)
        ]


@pytest.mark.parametrize("visitor", VISITORS)
def test_pages_of_the_site_open_for_whom_the_table_says(canary, people, visitor):
    wrong = []
    for address, access, path in pages(canary):
        if address.name.startswith("admin:") or address.name in OTHER_REASONS:
            continue
        response = ask(canary, people, visitor, access.methods[0], path)
        assert response.status_code < 500, address.name
        may = access.who in VISITORS[visitor]
        if may == is_refused(response):
            wrong.append((address.name, "let in" if not may else response.status_code))
    assert not wrong, wrong


@pytest.mark.parametrize("visitor", ["guest", "stranger", "learner"])
def test_back_office_is_closed_to_students_and_guests(canary, people, visitor):
    open_pages = [
        address.name
        for address, access, path in pages(canary)
        if address.name.startswith("admin:")
        and access.who is not Who.ANYONE
        and not is_refused(ask(canary, people, visitor, access.methods[0], path))
    ]
    assert open_pages == []


def test_back_office_tells_a_student_that_the_door_is_closed(canary, people):
    response = ask(canary, people, "learner", "GET", "/admin/login/?next=/admin/")
    assert response.status_code == 403


def test_other_methods_are_refused(canary, people):
    answered = []
    for address, access, path in pages(canary):
        if address.name.startswith("admin:"):
            continue
        for method in set(METHODS) - set(access.methods):
            status = ask(canary, people, "learner", method, path).status_code
            if status not in (302, 403, 404, 405):
                answered.append((address.name, method, status))
    assert answered == []
