"""Accounts in the admin."""

import pytest
from allauth.account.models import EmailAddress

from users.models import Mail, Profile, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, organization):
    user = UserFactory(admin=True, username="school_admin")
    client.force_login(user)
    return user


def form_of(user, **values):
    profile = {
        "profile-TOTAL_FORMS": "0",
        "profile-INITIAL_FORMS": "0",
        "student_profile-TOTAL_FORMS": "0",
        "student_profile-INITIAL_FORMS": "0",
        "instructor_profile-TOTAL_FORMS": "0",
        "instructor_profile-INITIAL_FORMS": "0",
        "emailaddress_set-TOTAL_FORMS": "0",
        "emailaddress_set-INITIAL_FORMS": "0",
        "role_assignments-TOTAL_FORMS": "0",
        "role_assignments-INITIAL_FORMS": "0",
    }
    known = ("username", "email", "first_name", "last_name", "role", "language", "time_zone")
    return {name: getattr(user, name) for name in known} | {"is_active": "on"} | profile | values


def test_every_list_and_form_is_drawn(client, admin):
    Profile.objects.create(user=admin)
    EmailAddress.objects.create(user=admin, email=admin.email)
    for path in (
        "users/user/",
        f"users/user/{admin.pk}/change/",
        f"users/user/{admin.pk}/history/",
        "users/user/add/",
        "users/profile/",
        "users/mail/",
        "account/emailaddress/",
        "account/emailconfirmation/",
        "admin/logentry/",
    ):
        assert client.get(f"/admin/{path}").status_code == 200, path


def test_profile_is_headed_by_the_persons_name(client, admin):
    person = UserFactory(first_name="Mia", last_name="Berg")
    Profile.objects.create(user=person)
    page = client.get(f"/admin/users/user/{person.pk}/change/").content.decode()

    assert 'class="inline_label">Mia Berg' in page
    assert str(Profile.objects.get(user=person)) == str(person.pk)
    assert str(Profile(user=person, display_name="Mimi")) == "Mimi"


def test_a_new_account_gets_a_profile_and_a_link_to_choose_a_password(client, admin):
    new = User(username="Grace", email="Grace@example.org", role="instructor")
    assert client.post("/admin/users/user/add/", form_of(new)).status_code == 302
    user = User.objects.get(username="grace")
    assert user.is_staff
    assert user.profile is not None
    assert not user.has_usable_password()
    mail = Mail.objects.get(recipient="grace@example.org")
    link = mail.text.partition("http://harbor.localhost")[2].split()[0]
    client.logout()
    page = client.get(link, follow=True)
    words = {"password1": "three grey pebbles", "password2": "three grey pebbles"}
    client.post(page.request["PATH_INFO"], words)
    answer = client.post("/accounts/login/", {"login": "grace", "password": words["password1"]})
    assert answer["Location"] == "/"


def test_a_changed_email_is_the_one_to_sign_in_with(client, admin):
    user = UserFactory(username="ada", email="ada@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    form = form_of(user, email="New@example.org")
    assert client.post(f"/admin/users/user/{user.pk}/change/", form).status_code == 302
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("new@example.org", True, True)


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_taken_name_is_an_error_of_the_form(client, admin, field):
    UserFactory(username="ada", email="ada@example.org")
    user = UserFactory(username="bob", email="bob@example.org")
    value = {"username": "ADA", "email": "Ada@example.org"}[field]
    answer = client.post(f"/admin/users/user/{user.pk}/change/", form_of(user, **{field: value}))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_admins_do_not_take_their_own_rights_away(client, admin):
    client.post(
        f"/admin/users/user/{admin.pk}/change/", form_of(admin, role="student", is_active="")
    )
    admin.refresh_from_db()
    assert admin.is_admin
    assert client.post(f"/admin/users/user/{admin.pk}/delete/", {"post": "yes"}).status_code == 403


def test_texts_of_mails_and_keys_are_not_shown(client, admin):
    mail = Mail.objects.create(recipient="a@example.org", subject="Hello", text="secret link")
    text = client.get(f"/admin/users/mail/{mail.pk}/change/").content.decode()
    assert "Hello" in text
    assert "secret link" not in text
