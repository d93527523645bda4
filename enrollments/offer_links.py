"""Links in mails by which an offered seat is taken or declined without signing in.

A link is signed and names one offer, so it is good for nothing else and for nothing after the answer. No secret is
stored that could be read from the database.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.urls import reverse

from enrollments.models import WaitlistEntry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_signer = signing.Signer(salt="enrollments.offer")


class BadLink(ValueError):
    """The link was changed, or its place on a waitlist is gone."""


def accept_path(entry_id: UUID | str, offered_at: str) -> str:
    """Path of the page that takes the seat. `offered_at` is the time of the offer in ISO format."""
    return reverse("enrollments:offer_accept", args=[token_for(entry_id, offered_at)])


def decline_path(entry_id: UUID | str, offered_at: str) -> str:
    """Path of the page that declines it."""
    return reverse("enrollments:offer_decline", args=[token_for(entry_id, offered_at)])


def token_for(entry_id: UUID | str, offered_at: str) -> str:
    """What the link carries: which offer, signed."""
    moment = _in_short(datetime.fromisoformat(offered_at))
    return _signer.sign(f"{UUID(str(entry_id)).hex}-{moment}")


def _in_short(moment: datetime) -> str:
    """To the microsecond, in letters and digits that no mail program breaks."""
    return signing.b62_encode((moment - EPOCH) // timedelta(microseconds=1))


def read(token: str) -> tuple[WaitlistEntry, bool]:
    """The place on a waitlist that a link names, and whether its offer is still the last one made. Raises BadLink.

    For a caller who sees everybody's rows.
    """
    try:
        entry_id, _mark, offered_at = _signer.unsign(token).partition("-")
        entry = WaitlistEntry.objects.select_related("course", "student").get(pk=entry_id)
    except (signing.BadSignature, WaitlistEntry.DoesNotExist) as error:
        raise BadLink from error
    is_last = entry.offered_at is not None and _in_short(entry.offered_at) == offered_at
    return entry, is_last
