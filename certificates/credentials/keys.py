"""The keys by which an organization signs. The first one is made with the first certificate."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from certificates.models import SigningKey
from lib.encryption import decrypt, encrypt

ALGORITHM = "RS256"
BITS = 2048
PURPOSE = "certificates.signing_key"
IN_USE = "certificates_signingkey_one_in_use"


class KeyRetired(Exception):
    """Only the key in use can be replaced."""


def key_in_use() -> SigningKey:
    """The key that signs now. Raises SigningKey.DoesNotExist before the first certificate."""
    return SigningKey.objects.get(retired_at__isnull=True)


def ensure_key() -> SigningKey:
    """The key that signs now, made where there is none yet. Of two who make it at once, both get the same."""
    key = SigningKey.objects.filter(retired_at__isnull=True).first()
    if key is not None:
        return key
    try:
        with transaction.atomic():
            return _make_key()
    except IntegrityError as error:
        if IN_USE not in str(error):
            raise
        return key_in_use()


@transaction.atomic
def rotate_key(key_id: UUID, *, by, now: datetime) -> SigningKey:
    """Sign with a new key from now on. What the former one signed stays checkable, since it stays public.

    Raises KeyRetired where somebody has replaced the key already.
    """
    key = SigningKey.objects.select_for_update(of=("self",), no_key=True).get(pk=key_id)
    if key.retired_at:
        raise KeyRetired(_("This key is no longer in use."))
    key.retired_at = now
    key.save(update_fields=["retired_at", "updated_at"])
    return _make_key()


def _make_key():
    from joserfc.jwk import RSAKey  # noqa: PLC0415 -- costs megabytes, and few pages need it

    pair = RSAKey.generate_key(BITS)
    kid = pair.thumbprint()
    public = pair.as_dict(private=False) | {"kid": kid, "use": "sig", "alg": ALGORITHM}
    private = pair.as_pem(private=True).decode("ascii")
    return SigningKey.objects.create(
        kid=kid, public_jwk=public, private_sealed=encrypt(private, purpose=PURPOSE)
    )


def sign(claims: dict, *, key_address: str, key: SigningKey) -> str:
    """The claims as a signed token; its header names where the public key is. Raises NotDecrypted."""
    from joserfc import jwt  # noqa: PLC0415 -- as above
    from joserfc.jwk import RSAKey  # noqa: PLC0415 -- as above

    private = RSAKey.import_key(decrypt(key.private_sealed, purpose=PURPOSE))
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address}
    return jwt.encode(header, claims, private, algorithms=[ALGORITHM])


def is_signed_by(token: str, key: SigningKey) -> bool:
    """Whether the key signed the token, and nobody changed it since."""
    from joserfc import jws  # noqa: PLC0415 -- as above
    from joserfc.errors import JoseError  # noqa: PLC0415 -- as above
    from joserfc.jwk import RSAKey  # noqa: PLC0415 -- as above

    try:
        jws.deserialize_compact(token, RSAKey.import_key(key.public_jwk), algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True
