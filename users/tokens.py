"""Tokens with which people let programs act for them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from tenancy import security
from tenancy.context import EVERYONE, NOBODY, set_actor
from tenancy.security import Kind
from users import factors, lockout
from users.models import ApiToken, FailedSignIn, TokenScope, User

BEGINNING = "cairn_"  # tells people, and programs that look for leaked secrets, what it is
PREFIX_LENGTH = 8  # characters by which its owner tells it from others
SECRET_LENGTH = 40  # letters and digits after them: 238 bits
SHAPE = re.compile(rf"{BEGINNING}[A-Za-z0-9]{{{PREFIX_LENGTH + SECRET_LENGTH}}}")

MAX_TOKENS = 50  # usable ones of a person
USED_EVERY = timedelta(minutes=5)  # how often `last_used_at` is written


class TooManyTokens(Exception):
    """A person has as many tokens as anyone may have."""


@dataclass(frozen=True)
class Caller:
    """The program that asks: for whom, and how far it may go."""

    user: User
    token: ApiToken

    def may(self, scope: TokenScope) -> bool:
        return scope in self.token.scopes


@transaction.atomic
def make_token(
    user: User,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token; returns it with its value, which is stored nowhere. Raises TooManyTokens.

    Locks the account.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if usable_tokens_of(user, now=now).count() >= MAX_TOKENS:
        raise TooManyTokens(_("You have %d tokens. Revoke one first.") % MAX_TOKENS)
    body = get_random_string(PREFIX_LENGTH + SECRET_LENGTH)
    value = BEGINNING + body
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=body[:PREFIX_LENGTH],
        token_hash=_hash(value),
        scopes=list(scopes),
        expires_at=expires_at,
    )
    security.record(Kind.TOKEN_MADE, user_id=user.pk, name=name, scopes=token.scopes)
    return token, value


@transaction.atomic
def revoke_token(token_id: UUID, *, now: datetime) -> ApiToken:
    """End a token at once; a repeat changes nothing. Locks it. Raises ApiToken.DoesNotExist."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        security.record(Kind.TOKEN_REVOKED, user_id=token.user_id, name=token.name)
    return token


def usable_tokens_of(user: User, *, now: datetime):
    return ApiToken.objects.filter(user=user).usable(now)


def read_token(value: str, *, client_ip: str, now: datetime) -> Caller | None:
    """Who calls with this token; None for a wrong, revoked or ended one, or when its owner is suspended
    or has to set up a second factor first.

    From here on the database acts for the owner, or for nobody. A wrong token that begins like one there is
    counts as a failure of its owner (`users.lockout`).
    """
    if not SHAPE.fullmatch(value):
        set_actor("", NOBODY)
        return None
    set_actor("", EVERYONE)  # whose rows these are is what the token says
    token = ApiToken.objects.select_related("user").filter(token_hash=_hash(value)).first()
    if token is None:
        _count_wrong(value, client_ip=client_ip, now=now)
    if token is None or not _opens(token, now):
        set_actor("", NOBODY)
        return None
    user = token.user
    set_actor(str(user.pk), EVERYONE if user.is_staff or user.sees_private_rows else str(user.pk))
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return Caller(user, token)


def _opens(token, now):
    user = token.user
    return token.is_usable(now) and user.is_active and not factors.lacks_factor(user)


def _count_wrong(value, **where):
    prefix = value[len(BEGINNING) :][:PREFIX_LENGTH]
    like_it = ApiToken.objects.select_related("user").filter(prefix=prefix).first()
    if like_it is None:
        target = lockout.target_of_name(f"token {prefix}")
    else:
        target = lockout.target_of(like_it.user)
    lockout.record_failure(target, door=FailedSignIn.Door.API, **where)


def _hash(value):
    return sha256(value.encode()).hexdigest()
