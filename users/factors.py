"""Second factors: what besides the password shows that it is they.

An authenticator app or passkeys are factors; recovery codes stand in for them and go with the last one.
The account library keeps them, with their secrets encrypted; its signals announce what changes.
"""

from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lib.decisions import Decision, Reason, allow, refuse
from tenancy.models import Organization
from users.models import User

Type = Authenticator.Type

#: What counts as a factor; recovery codes alone do not.
FACTORS = (Type.TOTP, Type.WEBAUTHN)

PERIOD = 30  # seconds that a code of an app lasts
CLOCK_TOLERANCE = 1  # periods by which the clock of a phone may differ
MAX_PASSKEYS = 20

LAST_FACTOR = _(
    "Your organization asks everyone who works in the back office for a second step. Add another one first."
)


class FactorRefused(Exception):
    """A change to somebody's factors that is not allowed; the message is for people."""


def factors_of(user: User) -> QuerySet[Authenticator]:
    """App and passkeys, the oldest first."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).order_by("created_at", "pk")


def has_factor(user: User) -> bool:
    return factors_of(user).exists()


def must_have_factor(user: User) -> bool:
    """Whether the organization asks `user` for a second factor."""
    works_in_back_office = user.is_staff or user.sees_private_rows
    return (
        works_in_back_office
        and Organization.objects.filter(staff_needs_second_factor=True).exists()
    )


def lacks_factor(user: User) -> bool:
    """Whether `user` has to set one up before anything else; sessions know it from `users.backends`."""
    return must_have_factor(user) and not has_factor(user)


def can_remove(user: User, authenticator: Authenticator) -> Decision:
    others = factors_of(user).exclude(pk=authenticator.pk)
    if must_have_factor(user) and not others.exists():
        return refuse(Reason("last_factor", LAST_FACTOR))
    return allow()


def new_secret() -> str:
    """A secret for an authenticator app, as letters and digits to scan or type."""
    return generate_totp_secret()


def period_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Number of the period in which the app shows this code, None if it shows another one now."""
    present = int(now.timestamp()) // PERIOD
    for period in range(present - CLOCK_TOLERANCE, present + CLOCK_TOLERANCE + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, period))):
            return period
    return None


@transaction.atomic
def add_app(user: User, *, secret: str, code: str, now: datetime) -> Authenticator:
    """Add an authenticator app that holds `secret` and shows `code`, which is used up by that.

    Locks the account. Raises FactorRefused where the code is another or there is an app already.
    """
    _lock(user)
    period = period_of(secret, code, now=now)
    if period is None:
        raise FactorRefused(_("This code is not right. Take the one that the app shows now."))
    if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
        raise FactorRefused(_("You have an app already. Remove it first."))
    app = TOTP.activate(user, secret).instance
    app.data["last_period"] = period
    app.save(update_fields=["data"])
    _announce(signals.authenticator_added, app)
    return app


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: dict) -> Authenticator:
    """Add a passkey whose registration `users.passkeys` has checked. Locks the account."""
    _lock(user)
    if Authenticator.objects.filter(user=user, type=Type.WEBAUTHN).count() >= MAX_PASSKEYS:
        raise FactorRefused(_("You have many passkeys already. Remove one first."))
    passkey = Authenticator.objects.create(
        user=user, type=Type.WEBAUTHN, data={"name": name, "credential": credential}
    )
    _announce(signals.authenticator_added, passkey)
    return passkey


def rename_passkey(passkey: Authenticator, *, name: str) -> None:
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])


@transaction.atomic
def remove_factor(authenticator: Authenticator) -> None:
    """Remove an app or a passkey; with the last one go the recovery codes.

    Locks the account. Raises FactorRefused where the organization asks for a factor and this is the last.
    """
    user = _lock(authenticator.user)
    decision = can_remove(user, authenticator)
    if not decision:
        raise FactorRefused(decision.message)
    authenticator.delete()
    if not has_factor(user):
        Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    _announce(signals.authenticator_removed, authenticator)


@transaction.atomic
def ensure_recovery_codes(user: User) -> bool:
    """Make recovery codes where there are none; whether it did."""
    _lock(user)
    if Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).exists():
        return False
    _announce(signals.authenticator_reset, RecoveryCodes.activate(user).instance)
    return True


@transaction.atomic
def make_recovery_codes(user: User) -> None:
    """Replace the recovery codes by new ones. Raises FactorRefused for who has no factor."""
    _lock(user)
    if not has_factor(user):
        raise FactorRefused(_("Add an app or a passkey first."))
    Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).delete()
    _announce(signals.authenticator_reset, RecoveryCodes.activate(user).instance)


def recovery_codes(user: User) -> list[str]:
    """The codes that were not used yet; none where there are none."""
    kept = Authenticator.objects.filter(user=user, type=Type.RECOVERY_CODES).first()
    return RecoveryCodes(kept).get_unused_codes() if kept else []


@transaction.atomic
def use_code(user: User, code: str, *, now: datetime) -> Authenticator | None:
    """The app or set of recovery codes that `code` comes from, None if it is wrong or was used before.

    Locks what it asks, so that of two equal codes at once one is right.
    """
    asked = Authenticator.objects.select_for_update(of=("self",)).filter(user=user)
    for authenticator in asked.filter(type__in=[Type.TOTP, Type.RECOVERY_CODES]).order_by("-type"):
        if authenticator.type == Type.RECOVERY_CODES:
            is_right = RecoveryCodes(authenticator).validate_code(code)
        else:
            is_right = _use_code_of_app(authenticator, code, now=now)
        if is_right:
            return authenticator
    return None


def _use_code_of_app(app, code, *, now):
    period = period_of(decrypt(app.data["secret"]), code, now=now)
    if period is None or period <= app.data.get("last_period", 0):
        return False
    app.data["last_period"] = period
    app.save(update_fields=["data"])
    return True


def _lock(user):
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def _announce(signal, authenticator):
    signal.send(
        sender=Authenticator, request=None, user=authenticator.user, authenticator=authenticator
    )
