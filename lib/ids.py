"""Primary keys: UUIDv7, which sort by the time they were made and so keep indexes compact."""

from uuid import UUID

from uuid_utils import compat


def uuid7() -> UUID:
    """A fresh UUIDv7 as a plain `uuid.UUID`. Unique, ordered by time, and never a credential."""
    return compat.uuid7()
