"""A token that was made just now, kept for the page that shows it: encrypted, in its owner's session, for minutes."""

from uuid import UUID

from lib.encryption import NotDecrypted, decrypt, encrypt
from users.models import ApiToken

SESSION_KEY = "new_token"
PURPOSE = "new token"
SHOWN_FOR = 10 * 60  # seconds


def keep(request, token: ApiToken, value: str) -> None:
    """Let `read` find the value in this session, in place of one before it."""
    sealed = encrypt(value, purpose=PURPOSE)
    request.session[SESSION_KEY] = {"token": str(token.pk), "value": sealed}


def read(request) -> tuple[UUID, str] | None:
    """Id and value of the token that this session made just now; None for none, or when its time is over."""
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    try:
        value = decrypt(kept["value"], purpose=PURPOSE, max_age=SHOWN_FOR)
    except NotDecrypted:
        return None
    return UUID(kept["token"]), value


def forget(request) -> None:
    request.session.pop(SESSION_KEY, None)
