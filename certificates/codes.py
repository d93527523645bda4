"""The secret that opens a certificate's public page: random, printed on the paper, stored hashed and encrypted."""

import base64
import secrets
from hashlib import sha256

from lib.encryption import decrypt, encrypt

BYTES = 16  # 128 bits
LENGTH = 26
PURPOSE = "certificates.code"
#: What somebody who types it from paper easily takes for a letter of the code.
_MISREAD = str.maketrans({"0": "o", "1": "l", "8": "b"})


def make_code() -> str:
    """A fresh code: 26 small letters and digits that can be told apart on paper."""
    return base64.b32encode(secrets.token_bytes(BYTES)).decode("ascii").rstrip("=").lower()


def normalized(typed: str) -> str:
    """The code as it was made, whatever spaces, dashes and capitals it was typed with; "" for what is none."""
    code = "".join(typed.split()).replace("-", "").lower().translate(_MISREAD)
    is_code = len(code) == LENGTH and code.isascii() and code.isalnum()
    return code if is_code else ""


def in_groups(code: str) -> str:
    """The code as people read and type it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def hash_of(code: str) -> str:
    return sha256(code.encode()).hexdigest()


def seal(code: str) -> str:
    return encrypt(code, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """Raises lib.encryption.NotDecrypted where the site's key is another by now."""
    return decrypt(sealed, purpose=PURPOSE)
