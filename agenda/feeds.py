"""The secret addresses under which calendar programs read: made, renewed, ended, and read."""

import re
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction
from django.utils.crypto import get_random_string

from agenda.models import CalendarFeed
from lib.encryption import NotDecrypted, decrypt, encrypt
from tenancy.context import EVERYONE, NOBODY, set_actor
from users.models import User

PURPOSE = "calendar feed"
SECRET_LENGTH = 40  # letters and digits: 238 bits
SHAPE = re.compile(rf"[A-Za-z0-9]{{{SECRET_LENGTH}}}")

FETCHES = 60  # of one feed in each `PERIOD`; a calendar program asks a few times an hour
PERIOD = 60 * 60  # seconds


@transaction.atomic
def renew_feed(user: User) -> CalendarFeed:
    """Give a person a new address; the one before, if there was one, ends at once. Locks the account."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    secret = get_random_string(SECRET_LENGTH)
    feed, _is_new = CalendarFeed.objects.update_or_create(
        user=user,
        defaults={
            "secret_hash": _hash(secret),
            "sealed_secret": encrypt(secret, purpose=PURPOSE),
        },
    )
    return feed


def end_feed(user: User) -> None:
    """End a person's address; a repeat changes nothing."""
    CalendarFeed.objects.filter(user=user).delete()


def secret_of(user: User) -> str:
    """The secret in a person's address; "" without one, also when it cannot be decrypted any more."""
    feed = CalendarFeed.objects.filter(user=user).first()
    if feed is None:
        return ""
    try:
        return decrypt(feed.sealed_secret, purpose=PURPOSE)
    except NotDecrypted:
        return ""


def owner_of(secret: str) -> User | None:
    """Whose address this is; None for one that ended or never was, or whose owner may not sign in.

    From here on the database acts for the owner, or for nobody, whoever is signed in besides.
    """
    feed = None
    if SHAPE.fullmatch(secret):
        set_actor("", EVERYONE)  # whose it is, the secret says
        found = CalendarFeed.objects.filter(secret_hash=_hash(secret), user__is_active=True)
        feed = found.select_related("user").first()
    if feed is None:
        set_actor("", NOBODY)
        return None
    set_actor(str(feed.user_id), str(feed.user_id))
    return feed.user


def is_asked_too_often(user: User) -> bool:
    """Count a fetch of a person's feed, and say whether it is one too many. Without a cache nothing is counted."""
    key = f"agenda:fetches:{user.pk}"
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key) > FETCHES
    except ValueError:
        return False


def _hash(secret):
    return sha256(secret.encode()).hexdigest()
