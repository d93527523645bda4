"""How a picture that this site cleaned before is known again, to be kept as it is instead of losing by another encoding."""

from io import BytesIO

from django.utils.crypto import constant_time_compare, salted_hmac

from lib.images import OwnPicture

_SALT = "content.exported-picture"


def seal_of(checksum: str, origin: str = "") -> str:
    """What an export says of a picture with this SHA-256, made from an upload with the SHA-256 `origin`.

    Nobody without the site's key can say it of another.
    """
    return salted_hmac(_SALT, f"{checksum}:{origin}", algorithm="sha256").hexdigest()


def is_sealed(checksum: str, *, origin: object, seal: object) -> bool:
    """Whether the file with this SHA-256 is a picture that this site cleaned."""
    if not isinstance(seal, str) or not isinstance(origin, str):
        return False
    return constant_time_compare(seal, seal_of(checksum, origin))


def opened(data: bytes, *, is_ours: bool) -> BytesIO:
    """The file to take in, as one of our own pictures where it is one."""
    return OwnPicture(data) if is_ours else BytesIO(data)
