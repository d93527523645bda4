import io

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from tenancy.context import organization_context
from tenancy.models import Domain, Organization
from tenancy.services import find_organization
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def create_admin(**changes):
    values = {"organization": "harbor", "username": "Root_Admin", "email": "Root@example.org"}
    call_command("create_admin", **values | changes, stdout=io.StringIO())


def test_admin_is_created_and_may_sign_in(organization, typed, client):
    typed("seven small stones\n")
    create_admin(first_name="Ada")
    user = User.objects.get(username="root_admin")
    assert user.is_admin
    assert user.check_password("seven small stones")
    assert EmailAddress.objects.get(user=user).verified
    assert (
        client.post(
            "/accounts/login/", {"login": "root_admin", "password": "seven small stones"}
        ).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("password", "changes"),
    [
        ("short", {}),
        ("", {}),
        ("seven small stones", {"organization": "nobody"}),
        ("seven small stones", {"username": "no spaces"}),
        ("seven small stones", {"email": "nonsense"}),
    ],
)
def test_bad_values_are_refused_in_words(organization, typed, password, changes):
    typed(f"{password}\n")
    with pytest.raises(CommandError):
        create_admin(**changes)
    assert not User.objects.exists()


def test_a_taken_name_is_refused_in_words(organization, typed):
    typed("seven small stones\n")
    create_admin()
    typed("seven small stones\n")
    with pytest.raises(CommandError, match="username is taken"):
        create_admin(email="other@example.org")


def test_organization_is_founded_once(organization):
    def found():
        call_command(
            "found_organization",
            *["--name", "Valley College", "--slug", "valley", "--closed"],
            *["--host", "Valley.localhost", "--host", "v.localhost"],
            stdout=io.StringIO(),
        )

    found()
    with organization_context(find_organization("valley")):
        assert Organization.objects.get().is_signup_open is False
        assert Domain.objects.get(is_primary=True).host == "valley.localhost"
    with pytest.raises(CommandError, match="taken"):
        found()


def test_bad_host_name_is_refused(db):
    with pytest.raises(CommandError, match="host name"):
        call_command("found_organization", "--name=X", "--slug=x", "--host=no host")
