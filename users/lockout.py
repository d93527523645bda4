"""Who guesses is locked out: wrong passwords, codes, keys and tokens count together, at every door.

A name that no account has is counted and locked like one that exists, so that nobody learns which do.
A stranger's guesses shut out strangers alone: a device that its owner signed in on before has failures of its own.
Sessions, tokens and links from mails cannot be guessed: wrong ones count, right ones open during a lockout, too.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from lib.ids import uuid7
from lib.rows import execute
from tenancy import security
from tenancy.context import require_organization_id
from tenancy.links import organization_origin
from tenancy.security import Kind
from users import mails, tasks
from users.models import FailedSignIn, Lockout, User

FAILURES = 5  # wrong guesses that lock …
WITHIN = timedelta(minutes=5)  # … when they fall into this time
LOCKED_FOR = timedelta(minutes=15)
MINUTES = int(LOCKED_FOR.total_seconds() // 60)
FAILURES_KEPT = timedelta(days=1)
LOCKOUTS_KEPT = timedelta(days=90)

TOO_MANY = _(
    "Too many attempts. Wait %(minutes)d minutes, or open the link in the mail that we sent to the account's address."
)

# Whoever guesses at the same account waits here until the guess before is counted and committed.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
COUNT_ONE = """
INSERT INTO users_failedsignin (id, organization_id, login_hash, door, client_ip, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


class LockedOut(ValidationError):
    """Nothing that is given at a door is looked at now. Says the same whether or not there is an account."""

    def __init__(self):
        super().__init__(TOO_MANY, code="locked_out", params={"minutes": MINUTES})


class LockoutGone(Exception):
    """The lockout was released already or has ended, or the link to it is not right."""


@dataclass(frozen=True)
class Target:
    """What guesses are counted against: an account, a device its owner knows, or a name nobody has."""

    login_hash: str
    user: User | None = None


def target_of(user: User, *, device: str = "") -> Target:
    """The account; or, for who guesses on it, the device (`users.known_devices`)."""
    return Target(_hash(f"device:{device}" if device else f"account:{user.pk}"), user)


def target_of_name(name: str) -> Target:
    """A name, number or beginning of a token that belongs to no account."""
    return Target(_hash(f"name:{name.strip().lower()}"))


def find_user(login: str) -> User | None:
    """The account that is meant by a username or an e-mail; one query, found or not."""
    login = login.strip().lower()
    return User.objects.filter(**{"email" if "@" in login else "username": login}).first()


def check_door(target: Target, *, now: datetime) -> None:
    """Raise LockedOut while the target is locked; else nobody else's guess at it is looked at until commit."""
    _take_turns(target)
    if Lockout.objects.filter(
        login_hash=target.login_hash, until__gt=now, released_at__isnull=True
    ).exists():
        raise LockedOut


@transaction.atomic
def record_failure(target: Target, *, door: str, client_ip: str, now: datetime) -> bool:
    """Count a wrong guess; whether it was one too many, of which the account's owner is told by mail."""
    _take_turns(target)
    user_id = target.user and target.user.pk
    values = [uuid7(), require_organization_id(), target.login_hash, door, client_ip or None]
    execute(COUNT_ONE, [*values, now, now])
    security.record(Kind.SIGN_IN_FAILED, user_id=user_id, door=door)
    failures = FailedSignIn.objects.filter(
        login_hash=target.login_hash, created_at__gt=now - WITHIN
    )
    if failures.count() < FAILURES:
        return False
    lockout = Lockout.objects.create(
        login_hash=target.login_hash, user=target.user, until=now + LOCKED_FOR
    )
    security.record(Kind.LOCKED_OUT, user_id=user_id, door=door, until=lockout.until)
    # The worker writes the mail, so that it costs no more time here than where there is nobody to write to.
    tasks.tell_of_lockout.defer(
        organization_id=str(require_organization_id()), lockout_id=str(lockout.pk)
    )
    return True


@contextmanager
def one_guess(target: Target, *, door: str, client_ip: str, now: datetime) -> Iterator:
    """A block that looks at one guess; a ValidationError from it says that the guess was wrong.

    Raises LockedOut without entering the block while the target is locked, and after the guess that locks it.
    """
    check_door(target, now=now)
    try:
        yield
    except ValidationError as error:
        if record_failure(target, door=door, client_ip=client_ip, now=now):
            raise LockedOut from error
        raise


def forget_failures(target: Target) -> None:
    """After the right password, and the right code where one is asked for."""
    FailedSignIn.objects.filter(login_hash=target.login_hash).delete()


@transaction.atomic
def mail_release_link(lockout_id: UUID, *, now: datetime) -> bool:
    """Mail the owner a link that ends the lockout, once. False where there is nobody to tell or nothing to end."""
    lockout = _locked(lockout_id)
    user = lockout.user if lockout and lockout.holds(now) else None
    if user is None or not user.is_active or lockout.release_hash:
        return False
    secret = secrets.token_urlsafe(32)
    lockout.release_hash = _digest(secret)
    lockout.save(update_fields=["release_hash"])
    address = organization_origin() + reverse("users:unlock", args=[lockout.pk, secret])
    mails.send("users/mail/locked_out", user, release_url=address, minutes=MINUTES)
    return True


def find_by_link(lockout_id: UUID, secret: str, *, now: datetime) -> Lockout | None:
    """The lockout that this link of a mail would end; None once it is used or the time is over."""
    lockout = Lockout.objects.filter(pk=lockout_id).first()
    if lockout is None or not lockout.release_hash or not lockout.holds(now):
        return None
    return lockout if constant_time_compare(lockout.release_hash, _digest(secret)) else None


@transaction.atomic
def release_by_link(lockout_id: UUID, secret: str, *, now: datetime) -> None:
    """End a lockout by the link of the mail, which works once. Raises LockoutGone."""
    lockout = _locked(lockout_id)
    if lockout is None or find_by_link(lockout_id, secret, now=now) is None:
        raise LockoutGone(_("This link no longer works."))
    _release(lockout, by=None, now=now, means="mail")


@transaction.atomic
def release(lockout_id: UUID, *, by: User, now: datetime) -> None:
    """End a lockout for somebody. Raises LockoutGone."""
    lockout = _locked(lockout_id)
    if lockout is None or not lockout.holds(now):
        raise LockoutGone(_("This lockout is over already."))
    _release(lockout, by=by, now=now, means="staff")


@transaction.atomic
def release_all(user: User, *, now: datetime) -> None:
    """End every lockout of a person who has just shown that the account's mails reach them."""
    own = Lockout.objects.select_for_update(of=("self",)).filter(
        user=user, until__gt=now, released_at__isnull=True
    )
    for lockout in own:
        _release(lockout, by=None, now=now, means="password_reset")
    forget_failures(target_of(user))


def sweep(*, now: datetime) -> None:
    """Remove failures and lockouts that no longer say anything."""
    FailedSignIn.objects.filter(created_at__lt=now - FAILURES_KEPT).delete()
    Lockout.objects.filter(until__lt=now - LOCKOUTS_KEPT).delete()


def _release(lockout, *, by, now, means):
    lockout.released_at, lockout.released_by = now, by
    lockout.save(update_fields=["released_at", "released_by"])
    FailedSignIn.objects.filter(login_hash=lockout.login_hash).delete()
    security.record(Kind.LOCKOUT_RELEASED, user_id=lockout.user_id, means=means)


def _locked(lockout_id):
    rows = Lockout.objects.select_related("user").select_for_update(of=("self",))
    return rows.filter(pk=lockout_id).first()


def _take_turns(target):
    execute(TAKE_TURNS, [target.login_hash])


def _hash(text):
    """Keyed, so that the table tells nobody which names were typed."""
    text = f"{require_organization_id()}:{text}"
    return salted_hmac("users.lockout", text, algorithm="sha256").hexdigest()


def _digest(secret):
    return sha256(secret.encode()).hexdigest()
