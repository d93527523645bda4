"""Signing in, signing up and linking by a provider of the organization."""

import logging
from dataclasses import asdict

from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.views import SignupView as ProviderSignupView
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.access import public
from lib.http import safe_redirect_url
from users import openid, providers
from users.decorators import asks_password_again
from users.provider import OpenIDProvider

logger = logging.getLogger(__name__)

LOGIN, CONNECT = "login", "connect"


@never_cache
@require_safe
def linked(request):
    """With which providers the account is linked, and with which it could be."""
    accounts = list(SocialAccount.objects.filter(user=request.user).order_by("date_joined", "pk"))
    offered = providers.offered()
    names = {provider.provider_id: provider.name for provider in offered}
    taken = {account.provider for account in accounts}
    context = {
        "accounts": [
            {
                "pk": account.pk,
                "provider": names.get(account.provider, account.provider),
                "called": account.extra_data.get("email") or account.extra_data.get("name") or "",
                "since": account.date_joined,
            }
            for account in accounts
        ],
        "others": [provider for provider in offered if provider.provider_id not in taken],
    }
    return render(request, "socialaccount/linked.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_password_again
def unlink(request, pk):
    account = get_object_or_404(
        SocialAccount.objects.select_related("user"), pk=pk, user=request.user
    )
    decision = providers.can_unlink(account)
    if request.method == "POST" and decision:
        providers.unlink(account)
        messages.success(request, _("The link is removed."))
        return redirect("socialaccount_connections")
    app = SocialApp.objects.filter(provider_id=account.provider).first()
    context = {"provider": app.name if app else account.provider, "decision": decision}
    return render(request, "socialaccount/unlink.html", context)


@public
@never_cache
@require_POST
def begin(request, provider_id):
    """Lead the person to the provider, to sign in or, from the settings, to link the account."""
    provider = offered_provider(request, provider_id)
    if request.user.is_authenticated:
        return begin_link(request, provider)
    following = safe_redirect_url(request, request.POST.get("next"), "")
    return lead_to(request, provider, process=LOGIN, following=following)


@asks_password_again(come_back_to="socialaccount_connections")
def begin_link(request, provider):
    return lead_to(request, provider, process=CONNECT, following="")


def lead_to(request, provider, *, process, following):
    """A page that goes on to the provider: browsers let no form lead away from the site itself."""
    question = openid.Question.new()
    state = provider.stash_redirect_state(
        request, process, following, question=asdict(question), person=str(request.user.pk or "")
    )
    try:
        address = client_of(request, provider).authorization_url(question, state=state)
    except openid.ProviderFailed as error:
        return failed(request, provider, error)
    context = {"provider": provider.name, "address": address}
    return render(request, "socialaccount/leaving.html", context)


@public
@never_cache
@require_safe
def callback(request, provider_id):
    """Where the provider sends the person back to; `state` shows that they began here."""
    provider = offered_provider(request, provider_id)
    state = statekit.unstash_state(
        request, provider_id=provider.sub_id, state_id=request.GET.get("state", "")
    )
    if state is None or state["person"] != str(request.user.pk or ""):
        return failed(request, provider, "The state is unknown.")
    if request.GET.get("error") == "access_denied":
        messages.info(request, _("You did not sign in with %(name)s.") % {"name": provider.name})
        return redirect("socialaccount_connections" if state["person"] else "account_login")
    code = request.GET.get("code", "")
    try:
        question = openid.Question(**state["question"])
        claims = client_of(request, provider).claims_for(code, question)
    except openid.ProviderFailed as error:
        return failed(request, provider, error)
    try:
        with transaction.atomic():
            login = provider.sociallogin_from_response(request, claims)
            login.state = state
            return complete_social_login(request, login)
    except IntegrityError as error:  # somebody else took the name or the e-mail a moment ago
        return failed(request, provider, error)


class SignupView(ProviderSignupView):
    """What a provider did not say and an account needs is asked for."""

    http_method_names = ["get", "head", "post"]


def offered_provider(request, provider_id) -> OpenIDProvider:
    app = get_object_or_404(SocialApp, provider=providers.PROTOCOL, provider_id=provider_id)
    return OpenIDProvider(request, app=app)


def client_of(request, provider) -> openid.Client:
    return openid.Client(
        server_url=providers.server_url_of(provider.app),
        client_id=provider.app.client_id,
        client_secret=providers.secret_of(provider.app),
        callback_url=request.build_absolute_uri(providers.callback_path(provider.app)),
    )


def failed(request, provider, error):
    logger.warning("Sign-in by provider %s failed: %s", provider.sub_id, error)
    context = {"provider": provider.name}
    return render(request, "socialaccount/failed.html", context, status=403)
