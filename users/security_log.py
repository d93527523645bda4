"""What happens at the doors, written into the security log and told to the account's owner by mail."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import (
    email_changed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from tenancy.security import Kind, record
from users import providers

ADDED = {
    Authenticator.Type.TOTP: "mfa/email/totp_activated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_added",
}
REMOVED = {
    Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
}


@receiver(user_logged_in)
def log_sign_in(sender, request, user, **kwargs):
    """After the last step; `method` names the steps: `password`, `totp`, `webauthn`, a provider, …"""
    steps = get_authentication_records(request, user)
    record(Kind.SIGNED_IN, user_id=user.pk, method=", ".join(map(_step_name, steps)))


def _step_name(step):
    return step.get("type") or step.get("provider") or step["method"]


@receiver(authenticator_added)
def log_factor_added(sender, user, authenticator, **kwargs):
    record(Kind.SECOND_FACTOR_ADDED, user_id=user.pk, factor=authenticator.type)
    tell(ADDED[authenticator.type], user)


@receiver(authenticator_removed)
def log_factor_removed(sender, user, authenticator, **kwargs):
    record(Kind.SECOND_FACTOR_REMOVED, user_id=user.pk, factor=authenticator.type)
    tell(REMOVED[authenticator.type], user)


@receiver(authenticator_reset)
def log_recovery_codes(sender, user, **kwargs):
    record(Kind.RECOVERY_CODES_MADE, user_id=user.pk)
    tell("mfa/email/recovery_codes_generated", user)


@receiver(social_account_added)
def log_link(sender, sociallogin, **kwargs):
    providers.note_link(sociallogin.account)


@receiver(social_account_removed)
def tell_of_unlinking(sender, socialaccount, **kwargs):
    app = SocialApp.objects.filter(provider_id=socialaccount.provider).first()
    name = app.name if app else socialaccount.provider
    tell("socialaccount/email/account_disconnected", socialaccount.user, provider=name)


@receiver([password_changed, password_set, password_reset])
def log_password(sender, user, **kwargs):
    record(Kind.PASSWORD_CHANGED, user_id=user.pk)


@receiver(email_changed)
def log_email(sender, user, from_email_address, **kwargs):
    if from_email_address is not None:  # else the first one was confirmed
        record(Kind.EMAIL_CHANGED, user_id=user.pk)


def tell(template: str, user, **values) -> None:
    """Mail the owner what was done from which address; what a command does has none and is not told."""
    if context.request is not None:
        get_adapter().send_notification_mail(template, user, values)
