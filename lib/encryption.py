"""Secrets that must be read again, encrypted before they are stored."""

import base64
from functools import lru_cache

from django.conf import settings


class NotDecrypted(ValueError):
    """The text was not encrypted here for this purpose, or with a key that is gone, or too long ago."""


def encrypt(text: str, *, purpose: str) -> str:
    """The text as a token that `decrypt` alone reads, and for the same purpose alone."""
    return _cipher(purpose, _secrets()).encrypt(text.encode()).decode("ascii")


def decrypt(token: str, *, purpose: str, max_age: int | None = None) -> str:
    """The text behind a token of `encrypt`, at most `max_age` seconds old. Raises NotDecrypted.

    After a change of the secret key, tokens made with one of `SECRET_KEY_FALLBACKS` are still read.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 -- costs megabytes, and few pages need it

    try:
        return _cipher(purpose, _secrets()).decrypt(token.encode(), ttl=max_age).decode()
    except (InvalidToken, UnicodeError) as error:
        raise NotDecrypted("This cannot be decrypted.") from error


def _secrets() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(32)
def _cipher(purpose, secrets):
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 -- costs megabytes, and few pages need it

    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def _key(secret, purpose):
    """A key of its own for each purpose, derived from the site's secret key."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 -- as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 -- as above

    derived = HKDF(SHA256(), length=32, salt=None, info=f"cairn:{purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
