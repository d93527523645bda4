"""Sign-in providers of an organization, and the accounts that are linked to them."""

from allauth.account.models import EmailAddress
from allauth.socialaccount import signals
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lib.decisions import Decision, Reason, allow, refuse
from lib.encryption import decrypt, encrypt
from tenancy import security
from users.models import User

PROTOCOL = "openid_connect"
PURPOSE = "sign-in providers"

LAST_WAY_IN = _("This is your only way in. Set a password first.")


def offered() -> list[SocialApp]:
    """What the sign-in page offers, by name."""
    return list(SocialApp.objects.filter(provider=PROTOCOL).order_by("name", "pk"))


def server_url_of(provider: SocialApp) -> str:
    return provider.settings.get("server_url", "")


def callback_path(provider: SocialApp) -> str:
    """Where the provider sends people back to; it wants to know the address beforehand."""
    return reverse("openid_connect_callback", args=[provider.provider_id])


def secret_of(provider: SocialApp) -> str:
    """The client secret; "" where there is none."""
    kept = provider.settings.get("secret", "")
    return decrypt(kept, purpose=PURPOSE) if kept else ""


def keep_secret(provider: SocialApp, secret: str) -> None:
    """Put the client secret, encrypted, into the unsaved provider."""
    provider.settings = provider.settings | {"secret": encrypt(secret, purpose=PURPOSE)}


@transaction.atomic
def remove_provider(provider: SocialApp) -> None:
    """Remove a provider with all links to it: another one of the same name is another provider."""
    for account in SocialAccount.objects.filter(provider=provider.provider_id).select_related(
        "user"
    ):
        _forget(account)
    provider.delete()


def external_id_of(account: SocialAccount) -> str:
    """The person's id at the provider, as `User.external_id` holds it."""
    return f"{account.provider}:{account.uid}"


def note_link(account: SocialAccount) -> None:
    """Write down that an account is linked now; the first link gives it its external id."""
    user, external_id = account.user, external_id_of(account)
    if not user.external_id and not User.objects.filter(external_id=external_id).exists():
        user.external_id = external_id
        user.save(update_fields=["external_id"])
    security.record(security.Kind.PROVIDER_LINKED, user_id=user.pk, provider=account.provider)


def can_unlink(account: SocialAccount) -> Decision:
    """Refused where the person could not sign in any more."""
    user = account.user
    others = SocialAccount.objects.filter(user=user).exclude(pk=account.pk)
    signs_in_here = (
        user.has_usable_password()
        and EmailAddress.objects.filter(user=user, verified=True).exists()
    )
    if others.exists() or signs_in_here:
        return allow()
    return refuse(Reason("last_way_in", LAST_WAY_IN))


@transaction.atomic
def unlink(account: SocialAccount) -> None:
    """Take a link away; `can_unlink` was asked."""
    _forget(account)
    signals.social_account_removed.send(sender=SocialLogin, request=None, socialaccount=account)


def _forget(account):
    user = account.user
    if user.external_id == external_id_of(account):
        user.external_id = None
        user.save(update_fields=["external_id"])
    account.delete()
    security.record(security.Kind.PROVIDER_UNLINKED, user_id=user.pk, provider=account.provider)
