"""What is remembered of courses, and how it is forgotten the moment it changes."""

import secrets
from collections.abc import Callable
from hashlib import sha256

from django.core.cache import cache
from django.db import transaction

COURSE_SECONDS = 15 * 60  #: how long what is known of courses is kept at most
SEATS_SECONDS = 60  #: how far counts of seats and students in the catalogue may lag behind
VERSION_SECONDS = 24 * 60 * 60

VERSION = "courses:version"
HIDDEN = "courses:hidden"  # whether the catalogue has anything that not everybody sees


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
    transaction.on_commit(_bump)


def forget_course(course_id) -> None:
    """Once the transaction commits, let nobody be shown what was kept of this course."""
    bump_catalogue_version()


def _bump():
    cache.set(VERSION, new_version(), VERSION_SECONDS)
    cache.delete(HIDDEN)


def new_version() -> str:
    return secrets.token_hex(8)


def has_hidden_courses(find_out: Callable[[], bool]) -> bool:
    """Whether some published courses are seen by a few alone; found out once per version of the catalogue."""
    known = cache.get(HIDDEN)
    if known is None:
        known = find_out()
        cache.add(HIDDEN, known, COURSE_SECONDS)
    return known


def part_key(*parts) -> str:
    """Key of a piece of the catalogue for exactly these circumstances."""
    told = "\x1f".join(str(part) for part in parts)
    return f"courses:part:{sha256(told.encode()).hexdigest()[:32]}"
