"""How the account library signs people in by a provider here."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.shortcuts import render

from users import providers, services
from users.models import User


class ProviderGone(SocialApp.DoesNotExist, ValueError):
    """A sign-in was begun with a provider that was removed meanwhile."""


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Links by e-mail only where both sides have proved it; makes accounts as sign-up does."""

    def get_provider(self, request, provider, client_id=None):
        try:
            return super().get_provider(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as error:
            raise ProviderGone from error

    def authenticate_by_email(self, sociallogin):
        """The account to sign in to and link, where provider and site both know the address to be verified."""
        emails = [
            address.email.lower() for address in sociallogin.email_addresses if address.verified
        ]
        found = EmailAddress.objects.filter(email__in=emails, verified=True).select_related("user")
        address = found.first()
        return (address.user, address.email) if address else None

    def pre_social_login(self, request, sociallogin):
        """Whoever was given this id by an admin is that person; whose address is not verified here signs in first."""
        if sociallogin.is_existing or sociallogin.state.get("process") == "connect":
            return
        known = User.objects.filter(
            external_id=providers.external_id_of(sociallogin.account)
        ).first()
        if known is not None:
            sociallogin.connect(request, known)
            return
        verified = [
            address.email.lower() for address in sociallogin.email_addresses if address.verified
        ]
        if User.objects.filter(email__in=verified).exists():
            context = {"provider": sociallogin.provider.name}
            answer = render(request, "socialaccount/sign_in_first.html", context, status=403)
            raise ImmediateHttpResponse(answer)

    def save_user(self, request, sociallogin, form=None):
        """Store a new account with its profile, e-mail and link."""
        user = sociallogin.user
        user.set_unusable_password()
        if form is None:
            get_account_adapter().populate_username(request, user)
            services.register(user)
        else:
            get_account_adapter().save_user(request, user, form)
        sociallogin.save(request)
        own = [address for address in sociallogin.email_addresses if address.verified]
        if user.email in [address.email for address in own]:
            services.record_verified_email(user, email=user.email, now=request.now)
        providers.note_link(sociallogin.account)
        return user
