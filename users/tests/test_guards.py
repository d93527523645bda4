"""What the database holds of accounts, roles, tokens and lockouts, whoever writes."""

import pytest
from django.utils import timezone

from tenancy.tests.refusals import copy_of, refused_by
from users.models import ApiToken, Lockout, Role, User
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def ada(organization):
    return UserFactory(username="ada", email="ada@example.org", external_id="7")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"username": "ada"}, "username_once"),
        ({"email": "ada@example.org"}, "email_once"),
        ({"external_id": "7"}, "external_once"),
        ({"username": "Bob"}, "lower_case"),
        ({"email": "Bob@example.org"}, "lower_case"),
        ({"username": "b b"}, "username_form"),
        ({"username": "bo"}, "username_form"),
        ({"role": "chef"}, "role_known"),
        ({"is_staff": True}, "staff_by_role"),
        ({"role": "instructor"}, "staff_by_role"),
    ],
)
def test_account_makes_sense(ada, fields, name):
    bob = UserFactory(username="bob", email="bob@example.org")
    rows = User.objects.filter(pk=bob.pk)
    refused_by(f"users_user_{name}", lambda: rows.update(**fields))


def test_role_has_a_name_of_its_own_and_permissions_that_exist(organization):
    role = Role.objects.create(name="Helper", permissions=[])
    refused_by("users_role_name_once", lambda: copy_of(role))
    refused_by(
        "users_role_permissions_known", lambda: copy_of(role, name="Other", permissions=["fly"])
    )


def test_token_is_known_once_and_reaches_what_there_is(ada):
    token = ApiToken.objects.create(user=ada, name="a", prefix="a", token_hash="a", scopes=[])
    refused_by("users_apitoken_hash_once", lambda: copy_of(token))
    refused_by(
        "users_apitoken_scopes_known", lambda: copy_of(token, token_hash="b", scopes=["all"])
    )


def test_who_ended_a_lockout_did_so_at_a_time(ada):
    refused_by(
        "users_lockout_releaser_has_time",
        lambda: Lockout.objects.create(login_hash="a", until=NOW, released_by=ada),
    )
