"""What tests of the doors share: people who may come in, and knocks at each door."""

from allauth.account.models import EmailAddress
from django.test import Client

from tenancy.models import SecurityEvent
from users.models import Profile
from users.tests.factories import PASSWORD, UserFactory


def member(**fields):
    """Somebody whose e-mail is confirmed."""
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Profile.objects.create(user=user)
    return user


def browser(host="harbor.localhost"):
    """Another browser: no cookie of the first is known to it."""
    return Client(SERVER_NAME=host)


def sign_in(client, login, password=PASSWORD):
    return client.post("/accounts/login/", {"login": login, "password": password})


def is_signed_in(client):
    """As the next request sees it."""
    return client.get("/settings/profile/").status_code == 200


def kinds_of(user):
    """What the security log has of a person, in order."""
    events = SecurityEvent.objects.filter(user_id=user.pk).order_by("id")
    return list(events.values_list("kind", flat=True))
