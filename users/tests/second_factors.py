"""What tests of second factors share: an app on a phone, and people who have one."""

import re
import time

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from users import factors
from users.models import Profile
from users.tests.factories import PASSWORD, UserFactory


def member(**fields):
    """Somebody whose e-mail is confirmed."""
    user = UserFactory(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Profile.objects.create(user=user)
    return user


class Phone:
    """An authenticator app: shows codes for a secret. `ahead` periods off, for the next code of a person."""

    def __init__(self, secret=""):
        self.secret = secret

    def code(self, ahead=0):
        return format_hotp_value(
            hotp_value(self.secret, int(time.time()) // factors.PERIOD + ahead)
        )


def give_app(user, *, now):
    """Set up an app whose code of the period before now is used up; returns the phone."""
    phone = Phone(factors.new_secret())
    factors.add_app(user, secret=phone.secret, code=phone.code(-1), now=now)
    factors.ensure_recovery_codes(user)
    return phone


def sign_in(client, user, **extra):
    return client.post("/accounts/login/", {"login": user.username, "password": PASSWORD} | extra)


def prove(client):
    """Give the password again, as sensitive pages ask."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page).group(1)


def secret_on(page):
    return re.search(r"data-secret>([A-Z2-7 ]+)<", page).group(1).replace(" ", "")
