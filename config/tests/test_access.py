"""Every address, asked by everybody, with every method: what the table does not allow is refused.

Who gets in is checked with what else an answer must fulfil, in `test_walks.py`.
"""

import re
from urllib.parse import quote, urlencode
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from config.access import Who, access_to, addresses
from config.samples import Samples, sample_arguments, sample_path
from config.seeding.canary import seed_canary
from config.tests.database_watch import writes_by_table
from content.models import Lesson, MediaAsset
from courses.models import Course, FormerSlug
from courses.tests.factories import CourseStaffFactory, RoleAssignmentFactory, RoleFactory
from tenancy.context import organization_context
from users.models import Permission, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

NOT_STAFF = {Who.ANYONE, Who.SIGNED_IN}
HELPS = NOT_STAFF | {Who.LOOKS_AFTER, Who.SEES_PEOPLE}
TEACHES = HELPS | {Who.LEARNER, Who.COURSE_STAFF, Who.STAFF}

#: Who counts as what: each visitor with all that the table's words allow them.
VISITORS = {
    "anonymous": {Who.ANYONE},
    "guest": NOT_STAFF,
    "student": NOT_STAFF,
    "student on the course": NOT_STAFF | {Who.LEARNER, Who.STUDENT, Who.PERSON, Who.BUYER},
    "course assistant": HELPS,
    "other instructor": NOT_STAFF | {Who.STAFF},
    "co-instructor": TEACHES,
    "owner": TEACHES | {Who.OWNER},
    "admin": TEACHES | {Who.OWNER, Who.ADMIN, Who.BUYER},
    "member of another organization": {Who.ANYONE},
}

#: What a visit as such may note: the session, the device it comes from, and when it was last seen.
NOTES_OF_A_VISIT = {"django_session", "usersessions_usersession", "users_user"}

#: Where it is noted that somebody was shown the record of others.
NOTED = {"tenancy_securityevent"}

FORM_TYPE = "application/x-www-form-urlencoded"

#: Addresses that refuse for another reason than who asks, such as a course that one teaches oneself.
OTHER_REASONS = {
    "account_inactive",
    "agenda:feed",
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


def ask(canary, cookies, method, path, **sent):
    """One request, whose writes are undone, so that the next visitor finds all as it was.

    The answer also has its whole `body`, and in `written` the tables that were written to.
    """
    client = Client(SERVER_NAME=canary.host)
    client.cookies = cookies.copy()
    with transaction.atomic():
        before, waiting = writes_by_table(), len(connection.run_on_commit)
        response = client.generic(method, path, **sent)
        if response.streaming:  # read to its end, where the client closes the file
            response.body = b"".join(response.streaming_content)
        else:
            response.body = response.content
        response.written = set(writes_by_table() - before)
        if len(connection.run_on_commit) > waiting:
            response.written.add("after the commit")
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


def is_harmless(address, method, response):
    """Whether a method that the table does not name came to nothing.

    OPTIONS may tell the others; pages of the admin that only show something take POST for a look.
    """
    is_look = method == "POST" and address.name.startswith("admin:")
    is_hint = method == "OPTIONS" and not response.body
    allowed = (200,) if is_look or is_hint else ()
    is_quiet = response.written <= NOTES_OF_A_VISIT | NOTED
    return is_quiet and response.status_code in (302, 403, 404, 405, *allowed)


@pytest.mark.parametrize("visitor", ["anonymous", "student on the course", "admin"])
def test_other_methods_are_refused(canary, people, visitor):
    cookies, answered = cookies_of(canary, people.get(visitor)), []
    for address, access, path in pages(canary):
        for method in set(METHODS) - set(access.methods):
            response = ask(canary, cookies, method, path)
            if not is_harmless(address, method, response):
                answered.append((address.name, method, response.status_code, response.written))
    assert answered == []


def actions():
    """Every action of every list in the admin: its URL name, its model, the action's name."""
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        for action in {"delete_selected", *model_admin.actions}:
            yield name, model, action if isinstance(action, str) else action.__name__


def acted(canary, cookies):
    """(URL name, action, answer) of each of the admin's actions on all rows there are."""
    for name, model, action in actions():
        with organization_context(canary.organization):
            rows = [str(pk) for pk in model._base_manager.values_list("pk", flat=True)[:20]]
        sent = {"action": action, "_selected_action": rows, "post": "yes", "index": "0"}
        sent |= {"_confirmed": "1", "reason": "They asked for it."}
        encoded = {"data": urlencode(sent, doseq=True), "content_type": FORM_TYPE}
        yield name, action, ask(canary, cookies, "POST", reverse(name), **encoded)


@pytest.mark.parametrize(
    "visitor",
    [
        "anonymous",
        "student on the course",
        "course assistant",
        "other instructor",
        "member of another organization",
    ],
)
def test_actions_of_the_back_office_do_nothing_for_others(canary, people, visitor):
    done = [
        (name, action, response.status_code, response.written)
        for name, action, response in acted(canary, cookies_of(canary, people.get(visitor)))
        if response.status_code >= 500 or response.written - NOTES_OF_A_VISIT - NOTED
    ]
    assert done == []


def test_actions_of_the_back_office_do_something_for_admins(canary, people):
    """They are sent as a browser does: otherwise that they do nothing for others would mean nothing."""
    done = {
        (name, action)
        for name, action, response in acted(canary, cookies_of(canary, people["admin"]))
        if response.status_code < 500 and response.written - NOTES_OF_A_VISIT - NOTED
    }
    assert done >= {
        ("admin:courses_course_changelist", "archive"),
        ("admin:enrollments_enrollment_changelist", "suspend"),
        ("admin:users_role_changelist", "delete_selected"),
    }


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
