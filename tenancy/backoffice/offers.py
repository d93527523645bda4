"""What stands beside the word that something was done: a registry of one, which a higher floor fills."""

from collections.abc import Callable

_offer: Callable | None = None


def register(offer: Callable) -> None:
    """Let `offer(text, user)` add a link to the message of a person who has just changed something."""
    global _offer
    _offer = offer


def with_offer(text: str, user) -> str:
    return _offer(text, user) if _offer else text
