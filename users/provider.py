"""OpenID Connect as the account library sees it: who a provider is, and what its claims say of a person.

The library finds this module by its name. Talking to a provider is in `users.openid`.
"""

from allauth.account.models import EmailAddress
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from django.urls import reverse

from lib.text import clean_text

MAX_NAME = 150


class OpenIDAccount(ProviderAccount):
    """How a linked account is called: by its e-mail or name at the provider."""


class OpenIDProvider(Provider):
    """One sign-in provider of an organization, kept in a `SocialApp`."""

    id = "openid_connect"
    name = "OpenID Connect"
    account_class = OpenIDAccount
    supports_redirect = True

    def __init__(self, request, app=None):
        super().__init__(request, app=app)
        self.name = app.name

    def serialize(self):
        return {"id": self.sub_id}  # two providers may know the site by the same client id

    def get_login_url(self, request, **kwargs):
        return reverse("openid_connect_login", args=[self.app.provider_id])

    def extract_uid(self, claims):
        return claims["sub"]

    def extract_extra_data(self, claims):
        """What names the linked account on the settings page, and no more."""
        return {name: text_of(claims, name) for name in ("name", "email") if claims.get(name)}

    def extract_common_fields(self, claims):
        return {
            "username": text_of(claims, "preferred_username"),
            "email": text_of(claims, "email"),
            "name": text_of(claims, "name"),
            "first_name": text_of(claims, "given_name"),
            "last_name": text_of(claims, "family_name"),
        }

    def extract_email_addresses(self, claims):
        email = text_of(claims, "email")
        verified = claims.get("email_verified") is True
        return [EmailAddress(email=email, verified=verified, primary=True)] if email else []


def text_of(claims, name) -> str:
    """A claim as a short text that can be stored; "" where it is something else."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    return clean_text(value.encode(errors="ignore").decode(), drop_controls=True)[:MAX_NAME].strip()


provider_classes = [OpenIDProvider]
