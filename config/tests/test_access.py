"""Every address, asked by everybody, with every method: who gets in is what the table says."""

import re
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from config.access import Who, access_to, addresses
from config.samples import Samples, sample_arguments, sample_path
from config.seeding.canary import seed_canary
from content.models import Lesson, MediaAsset
from courses.models import Course, FormerSlug
from courses.tests.factories import CourseStaffFactory, RoleAssignmentFactory, RoleFactory
from tenancy.context import organization_context
from users.models import Permission, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

NOT_STAFF = {Who.ANYONE, Who.SIGNED_IN}
HELPS = NOT_STAFF | {Who.LOOKS_AFTER, Who.SEES_PEOPLE}
TEACHES = HELPS | {Who.LEARNER, Who.COURSE_STAFF, Who.STAFF}

#: Who counts as what: each visitor with all that the table's words allow them.
VISITORS = {
    "anonymous": {Who.ANYONE},
    "guest": NOT_STAFF,
    "student": NOT_STAFF,
    "student on the course": NOT_STAFF | {Who.LEARNER, Who.STUDENT, Who.PERSON},
    "course assistant": HELPS,
    "other instructor": NOT_STAFF | {Who.STAFF},
    "co-instructor": TEACHES,
    "owner": TEACHES | {Who.OWNER},
    "admin": TEACHES | {Who.OWNER, Who.ADMIN},
    "member of another organization": {Who.ANYONE},
}

#: Addresses that refuse for another reason than who asks, such as a course that one teaches oneself.
OTHER_REASONS = {
    "account_inactive",
    "account_confirm_email",
    "admin:autocomplete",
    "admin:login",
    "admin:logout",
    "notifications:open",
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
    """Somebody for each visitor who has an account; the course assistant by a role that the organization made."""
    other = seed_canary()
    with organization_context(other.organization):
        stranger = UserFactory()
    with organization_context(canary.organization):
        accounts = {role: User.objects.get(pk=row["id"]) for role, row in canary.accounts.items()}
        course = Samples.of_current_organization().course
        assistant = RoleAssignmentFactory(
            course=course, role=RoleFactory(permissions=[Permission.ENROLLMENT_SEE])
        )
        co_instructor = UserFactory(instructor=True)
        for taught in Course.objects.filter(owner=course.owner):
            CourseStaffFactory(course=taught, user=co_instructor)
        return {
            "guest": accounts["guest"],
            "student": UserFactory(),
            "student on the course": accounts["student"],
            "course assistant": assistant.user,
            "other instructor": UserFactory(instructor=True),
            "co-instructor": co_instructor,
            "owner": accounts["instructor"],
            "admin": UserFactory(admin=True),
            "member of another organization": stranger,
        }


def cookies_of(canary, person):
    """The cookies of somebody who has signed in, at their own organization; none for None."""
    client = Client(SERVER_NAME=canary.host)
    if person is not None:
        with organization_context(person.organization_id):
            client.force_login(person)
    return client.cookies.copy()


def ask(canary, cookies, method, path):
    """One request, whose writes are undone, so that the next visitor finds all as it was."""
    client = Client(SERVER_NAME=canary.host)
    client.cookies = cookies.copy()
    with transaction.atomic():
        response = client.generic(method, path)
        if response.streaming:  # read to its end, where the client closes the file
            response.body = b"".join(response.streaming_content)
        else:
            response.body = response.content
        transaction.set_rollback(True)
    return response


def is_refused(response):
    to_sign_in = response.status_code == 302 and "/login/?next=" in response["Location"]
    return to_sign_in or response.status_code in (403, 404)


def pages(canary):
    """Every address with its row of the table, and a path that opens it."""
    with organization_context(canary.organization):
        samples = Samples.of_current_organization()
        found = [(address, access_to(address.name)) for address in addresses()]
        return [
            (address, access, path)
            for address, access in found
            if (path := sample_path(address, access, samples))
        ]


def methods_to_try(address, access):
    """Looking and sending a form; of the admin's pages only the one where these are not asked alike."""
    may_differ = not address.name.startswith("admin:") or address.name.endswith("_change")
    return [method for method in ("GET", "POST") if method in access.methods][: 1 + may_differ]


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_address_opens_for_whom_the_table_says(canary, people, visitor):
    cookies, wrong = cookies_of(canary, people.get(visitor)), []
    for address, access, path in pages(canary):
        if address.name in OTHER_REASONS:
            continue
        for method in methods_to_try(address, access):
            response = ask(canary, cookies, method, path)
            assert response.status_code < 500, address.name
            may = access.who_may(method) in VISITORS[visitor]
            if may == is_refused(response):
                wrong.append((address.name, method, "let in" if not may else response.status_code))
    assert wrong == []


@pytest.mark.parametrize("visitor", ["anonymous", "student on the course", "admin"])
def test_other_methods_are_refused(canary, people, visitor):
    cookies, answered = cookies_of(canary, people.get(visitor)), []
    for address, access, path in pages(canary):
        if address.name.startswith("admin:"):
            continue
        for method in set(METHODS) - set(access.methods):
            status = ask(canary, cookies, method, path).status_code
            if status not in (302, 403, 404, 405):
                answered.append((address.name, method, status))
    assert answered == []


def test_back_office_tells_a_student_that_the_door_is_closed(canary, people):
    cookies = cookies_of(canary, people["student"])
    assert ask(canary, cookies, "GET", "/admin/login/?next=/admin/").status_code == 403


# What one may not see answers as what does not exist


#: Written anew into every page.
NONCES = re.compile(
    rb'nonce="[^"]*"|nonce-[^\'"]*|name="csrfmiddlewaretoken" value="[^"]*"'
    rb'|name="idempotency_key" value="[^"]*"|"X-CSRFToken": ?"[^"]*"'
)


@pytest.fixture
def hidden(canary, people):
    """The canary's course as a draft, with files for its people alone; its former name leads there no more."""
    with organization_context(canary.organization):
        Course.objects.update(status=Course.Status.DRAFT, visibility=Course.Visibility.PRIVATE)
        MediaAsset.objects.update(access=MediaAsset.Access.COURSE)
        Lesson.objects.update(is_preview=False)
        samples = Samples.of_current_organization(status=Course.Status.DRAFT)
        former = FormerSlug.objects.filter(course=samples.course).first().slug
    return samples, former


def nothing_like(value):
    """A name or id of the same length that nothing has."""
    if value.isdigit():
        return "9" * len(value)
    try:
        UUID(value)
    except ValueError:
        return "z" * len(value)
    return str(uuid4())


def pairs_of(canary, samples, former):
    """Each address with arguments, opened with rows that exist, and with one of them exchanged for none."""
    with organization_context(canary.organization):
        for address in addresses():
            access = access_to(address.name)
            arguments = sample_arguments(address, access, samples)
            if not arguments or ":" not in address.name:
                continue
            names = [name for name in arguments if not is_constant(access, name)]
            for name in names:
                other = nothing_like(arguments[name])
                yield address, access, arguments, arguments | {name: other}
            if access.arguments.get("slug") == "course.slug":
                gone = nothing_like(former)
                yield address, access, arguments | {"slug": former}, arguments | {"slug": gone}


def is_constant(access, name):
    return access.arguments.get(name, "").startswith("=") or name in ("app_label", "url")


def told(canary, cookies, address, method, arguments):
    """All that an answer tells but its own address and the time: status, headers with where it leads, body."""
    path = reverse(address.name, kwargs=arguments)
    response = ask(canary, cookies, method, path)
    headers = sorted(item for item in response.headers.items() if item[0] != "Expires")
    text = repr((response.status_code, headers)).encode() + response.body
    for written in (path, quote(path), quote(path, safe="")):
        text = text.replace(written.encode(), b"-")
    return response, NONCES.sub(b"", text)


@pytest.mark.parametrize(
    "visitor",
    ["anonymous", "student", "other instructor", "member of another organization"],
)
def test_hidden_rows_answer_as_rows_that_do_not_exist(canary, people, hidden, visitor):
    cookies, told_apart, compared = cookies_of(canary, people.get(visitor)), [], 0
    for address, access, there, nowhere in pairs_of(canary, *hidden):
        method = access.methods[0]
        answer, said = told(canary, cookies, address, method, there)
        if not is_refused(answer):
            continue
        compared += 1
        if said != told(canary, cookies, address, method, nowhere)[1]:
            told_apart.append((address.name, there, nowhere, answer.status_code))
    assert told_apart == []
    assert compared > 60


def test_rows_that_are_shown_are_told_from_rows_that_do_not_exist(canary, people, hidden):
    """The comparison sees a difference where there is one: otherwise its silence would mean nothing."""
    cookies = cookies_of(canary, people["owner"])
    differ = {
        address.name
        for address, access, there, nowhere in pairs_of(canary, *hidden)
        if not address.name.startswith("admin:")
        and told(canary, cookies, address, access.methods[0], there)[1]
        != told(canary, cookies, address, access.methods[0], nowhere)[1]
    }
    assert {"courses:detail", "courses:staff", "enrollments:person", "progress:lesson"} <= differ
