"""Shutting people out for a while, and changing what they are; both hold at their next request.

Who does so must be told apart from whom it happens to, and somebody who runs the organization always remains.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenancy import security
from tenancy.security import Kind
from users import mails, sessions
from users.models import User


class ChangeRefused(Exception):
    """This may not be done to this account; the message says why."""


@transaction.atomic
def suspend(user_id: UUID, *, by: User, now: datetime, reason: str) -> User:
    """Shut somebody out everywhere, at once, and tell them why; a repeat changes nothing.

    Locks the account and those of the admins. Ends the person's sessions; tokens and links stay dead while it
    lasts. Raises ChangeRefused for oneself and for the last admin.
    """
    user = _lock(user_id)
    if not user.is_active:
        return user
    refuse_removal(user, by=by)
    user.is_active, user.suspension_reason = False, reason
    user.save(update_fields=["is_active", "suspension_reason"])
    sessions.end_all(user, reason="suspension")
    security.record(Kind.SUSPENDED, user_id=user.pk, reason=reason)
    mails.send("users/mail/suspended", user, reason=reason)
    return user


@transaction.atomic
def lift_suspension(user_id: UUID, *, by: User, now: datetime) -> User:
    """Let somebody in again, and tell them; a repeat changes nothing. Locks the account."""
    user = _lock(user_id)
    if user.is_active:
        return user
    user.is_active, user.suspension_reason = True, ""
    user.save(update_fields=["is_active", "suspension_reason"])
    security.record(Kind.SUSPENSION_LIFTED, user_id=user.pk)
    mails.send("users/mail/suspension_lifted", user)
    return user


@transaction.atomic
def change_role(user_id: UUID, *, role: str, by: User, now: datetime) -> User:
    """Make somebody an admin, an instructor, …, and tell them; a repeat changes nothing.

    Locks as `suspend` does. Raises ChangeRefused for oneself and for the last admin.
    """
    user = _lock(user_id)
    before = user.role
    if before == role:
        return user
    refuse_removal(user, by=by)
    user.role = role
    user.save(update_fields=["role"])
    security.record(Kind.ROLE_CHANGED, user_id=user.pk, before=before, after=role)
    mails.send("users/mail/role_changed", user, role=user.get_role_display())
    return user


def refuse_removal(user: User, *, by: User) -> None:
    """Raise ChangeRefused where `by` is the person, or nobody would be left to run the organization.

    Locks the admins. The database refuses to let the last one go, whoever asks.
    """
    if user == by:
        raise ChangeRefused(_("You cannot do this to your own account."))
    admins = _with_admins(user.pk)
    if user.is_admin and not any(admin.is_admin for admin in admins if admin != user):
        raise ChangeRefused(_("Somebody has to run the organization: this is its last admin."))


def _lock(user_id):
    found = {user.pk: user for user in _with_admins(user_id)}
    if user_id not in found:
        raise User.DoesNotExist(f"There is no account {user_id}.")
    return found[user_id]


def _with_admins(user_id):
    """The account and all active admins, locked in one order, so that two admins cannot remove each other at once."""
    admins = Q(is_active=True, role=User.Role.ADMIN)
    rows = User.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return list(rows.filter(admins | Q(pk=user_id)))
