"""What this app hears from the libraries it builds on."""

from allauth.account.signals import (
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
)
from allauth.account.signals import (
    user_logged_in as came_by_a_door,
)
from allauth.usersessions import signals as library
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.utils import timezone

from lib.http import client_ip
from tenancy import security
from tenancy.context import EVERYONE, NOBODY, set_actor
from tenancy.security import Kind
from users import lockout, services, sessions
from users.models import User

# The library would open every session of the person at each sign-in, and make a row per key of a session.
came_by_a_door.disconnect(library.on_user_logged_in)
user_logged_in.disconnect(dispatch_uid="update_last_login")  # written with the address, below
for signal in (password_changed, password_set):
    signal.disconnect(library.on_password_changed)


@receiver(user_logged_in)
def act_from_now_on(sender, request, user, **kwargs):
    """What the rest of this request writes is the person's doing; the backend sees to later requests."""
    sees_all = user.is_staff or user.sees_private_rows
    set_actor(str(user.pk), EVERYONE if sees_all else str(user.pk))


@receiver(user_logged_in)
def note_sign_in(sender, request, user, **kwargs):
    now = _now(request)
    User.objects.filter(pk=user.pk).update(last_login=now, last_login_ip=client_ip(request) or None)
    sessions.begin(request, user, now=now)


@receiver(user_logged_out)
def act_no_more(sender, request, user, **kwargs):
    if user is not None:
        sessions.forget(request.session.get(sessions.DEVICE), user.pk)
        security.record(Kind.SIGNED_OUT, user_id=user.pk)
    set_actor("", NOBODY)


@receiver([password_changed, password_set])
def end_other_sessions(sender, request, user, **kwargs):
    """A new password ends what the old one opened, but for the session in which it was chosen."""
    sessions.end_all(user, reason="password", but=request.session[sessions.DEVICE])
    sessions.begin(request, user, now=_now(request))  # the session has a new key


@receiver(password_reset)
def end_all_sessions(sender, request, user, **kwargs):
    """Who gets the account's mails may come in again, and nobody else stays."""
    sessions.end_all(user, reason="password")
    lockout.release_all(user, now=_now(request))


@receiver(email_confirmed)
def note_verified_email(sender, request, email_address, **kwargs):
    services.record_verified_email(email_address.user, email=email_address.email, now=_now(request))


def _now(request):
    return getattr(request, "now", None) or timezone.now()
