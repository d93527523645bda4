"""What accounts are called whose person was erased."""

import re
import secrets

PATTERN = "erased_[0-9a-f]{16}"


def erased_name() -> str:
    """A username that is nobody's, and no two alike."""
    return f"erased_{secrets.token_hex(8)}"


def erased_address() -> str:
    """The same for an e-mail."""
    return f"{erased_name()}@erased.invalid"


def is_erased(username: str) -> bool:
    """Whether it was given by an erasure."""
    return re.fullmatch(PATTERN, username) is not None
