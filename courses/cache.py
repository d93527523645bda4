"""What is remembered of courses, and how it is forgotten the moment it changes."""

import secrets
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction

COURSE_SECONDS = 15 * 60  #: how long a course's page facts are kept
SEATS_SECONDS = 60  #: how far counts of seats and students in the catalogue may lag behind
VERSION_SECONDS = 24 * 60 * 60

VERSION = "courses:version"


def catalogue_version() -> str:
    """A token that changes whenever what visitors see of courses changes.

    One read of the cache. Without a cache each call gives another one, so nothing stale is ever served.
    """
    version = cache.get(VERSION)
    if version is None:
        version = new_version()
        cache.add(VERSION, version, VERSION_SECONDS)
    return version


def bump_catalogue_version() -> None:
    """Give the catalogue a new version once the transaction commits, whatever depends on it is made anew."""
    transaction.on_commit(lambda: cache.set(VERSION, new_version(), VERSION_SECONDS))


def new_version() -> str:
    return secrets.token_hex(8)


def part_key(*parts) -> str:
    """Key of a piece of the catalogue for exactly these circumstances."""
    told = "\x1f".join(str(part) for part in parts)
    return f"courses:part:{sha256(told.encode()).hexdigest()[:32]}"


def facts_key(course_id) -> str:
    """Key of what a course's page shows."""
    return f"courses:facts:{course_id}"


def forget_course(course_id) -> None:
    """Drop what is remembered of a course once the transaction commits, and of the catalogue with it."""
    transaction.on_commit(lambda: cache.delete(facts_key(course_id)))
    bump_catalogue_version()
