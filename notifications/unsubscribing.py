"""Links in mails by which a reader ends them with one click, without signing in."""

from django.core import signing
from django.urls import reverse

from notifications.kinds import kind_named, kinds_for
from notifications.models import Cadence
from notifications.services import cadences_of, choose_cadences
from tenancy.context import acting_for_everyone
from users.models import User

#: Stands for all mails that come as digests.
DIGESTS = "digests"

_signer = signing.Signer(salt="notifications.unsubscribe")


class BadLink(ValueError):
    """The link was changed, or its person or kind is gone."""


def url_for(user, kind_code: str) -> str:
    """Path of the page that ends mails of a kind for this person. It holds for good, for mails are kept."""
    return reverse("notifications:unsubscribe", args=[token_for(user, kind_code)])


def token_for(user, kind_code: str) -> str:
    """What the link carries: whose it is and for which kind, signed."""
    return _signer.sign(f"{user.pk}:{kind_code}")


def read(token: str) -> tuple[User, str]:
    """Whose link it is, and for which kind. Raises BadLink."""
    try:
        user_id, _, kind_code = _signer.unsign(token).partition(":")
        user = User.objects.get(pk=user_id)
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise BadLink from error
    if kind_code != DIGESTS and kind_named(kind_code) is None:
        raise BadLink
    return user, kind_code


def end_mails(user: User, kind_code: str) -> None:
    """Stop the mails of one kind, or all that come as digests, until the person wishes otherwise."""
    with acting_for_everyone():
        if kind_code == DIGESTS:
            wished = cadences_of(user)
            codes = [
                kind.code
                for kind in kinds_for(user)
                if wished[kind.code] in (Cadence.DAILY, Cadence.WEEKLY)
            ]
        else:
            codes = [kind_code]
        choose_cadences(user, dict.fromkeys(codes, Cadence.NEVER))
