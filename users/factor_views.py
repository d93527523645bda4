"""The pages on which people guard their account: app, passkeys, recovery codes, and the second step."""

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import resume_request
from allauth.account.models import Login
from allauth.account.utils import get_login_redirect_url
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.access import public
from lib.http import safe_redirect_url
from lib.qr import qr_code
from users import factors, passkeys, providers
from users.decorators import asks_password_again
from users.mfa_adapter import MFAAdapter
from users.second_step import SecondStep
from users.security_forms import (
    AppForm,
    CodeAgainForm,
    CodeForm,
    ConfirmForm,
    NewPasskeyForm,
    PasskeyAnswerForm,
    PasskeyNameForm,
)

form_page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
def security(request):
    """What guards the account, and what could."""
    user = request.user
    own = list(factors.factors_of(user))
    context = {
        "app": next((row for row in own if row.type == factors.Type.TOTP), None),
        "passkeys": [row for row in own if row.type == factors.Type.WEBAUTHN],
        "recovery_count": len(factors.recovery_codes(user)) if own else 0,
        "is_required": not own and factors.must_have_factor(user),
        "has_password": user.has_usable_password(),
        "linked_count": SocialAccount.objects.filter(user=user).count(),
        "offers_providers": bool(providers.offered()),
    }
    return render(request, "users/security.html", context)


@never_cache
@sensitive_post_parameters()
@form_page
@asks_password_again
def app_add(request):
    user = request.user
    if Authenticator.objects.filter(user=user, type=factors.Type.TOTP).exists():
        return redirect("mfa_deactivate_totp")
    form = AppForm(request.POST or None, user=user, cancel_url=reverse("mfa_index"))
    if form.is_valid():
        try:
            factors.add_app(
                user, secret=form.secret, code=form.cleaned_data["code"], now=request.now
            )
        except factors.FactorRefused as error:
            form.add_error("code", str(error))
        else:
            messages.success(request, _("Your app is asked for at each sign-in from now on."))
            return _after_adding(user)
    address = MFAAdapter().build_totp_url(user, form.secret)
    groups = [form.secret[start : start + 4] for start in range(0, len(form.secret), 4)]
    context = {
        "form": form,
        "picture": qr_code(address, label=_("Set-up code for the app")),
        "address": address,
        "secret": " ".join(groups),
    }
    return render(request, "mfa/app_add.html", context)


@never_cache
@form_page
@asks_password_again
def app_remove(request):
    app = get_object_or_404(Authenticator, user=request.user, type=factors.Type.TOTP)
    return _removal(request, app, "mfa/app_remove.html", done=_("The app is removed."))


@never_cache
@form_page
@asks_password_again
def passkey_add(request):
    """Without an answer in it a POST asks for the question to put to the browser."""
    if wants_question(request):
        return JsonResponse(passkeys.ask_for_new(request, request.user))
    form = NewPasskeyForm(
        request.POST or None,
        form_attrs={"data-passkey": "create", "data-say-failed": passkeys.NOT_MADE},
        cancel_url=reverse("mfa_index"),
    )
    if form.is_valid():
        try:
            credential = passkeys.check_new(request, request.user, form.cleaned_data["credential"])
            factors.add_passkey(request.user, name=form.cleaned_data["name"], credential=credential)
        except (passkeys.PasskeyRefused, factors.FactorRefused) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The passkey is added."))
            return _after_adding(request.user)
    return render(request, "mfa/passkey_add.html", {"form": form})


@never_cache
@form_page
@asks_password_again
def passkey_edit(request, pk):
    passkey = own_passkey(request, pk)
    form = PasskeyNameForm(
        request.POST or None,
        initial={"name": passkey.data["name"]},
        cancel_url=reverse("mfa_index"),
    )
    if form.is_valid():
        factors.rename_passkey(passkey, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("mfa_index")
    return render(request, "mfa/passkey_edit.html", {"form": form, "passkey": passkey})


@never_cache
@form_page
@asks_password_again
def passkey_remove(request, pk):
    passkey = own_passkey(request, pk)
    done = _("The passkey is removed.")
    return _removal(request, passkey, "mfa/passkey_remove.html", done=done)


@never_cache
@require_safe
@asks_password_again
def codes(request):
    """The recovery codes that are left."""
    left = factors.recovery_codes(request.user)
    context = {"codes": left, "can_make": factors.has_factor(request.user)}
    return render(request, "mfa/recovery_codes.html", context)


@never_cache
@require_safe
@asks_password_again
def codes_file(request):
    """The recovery codes as a text file."""
    name = request.organization.name
    heading = _("Recovery codes of %(user)s at %(name)s") % {"user": request.user, "name": name}
    lines = [heading, "", *factors.recovery_codes(request.user), ""]
    response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@never_cache
@form_page
@asks_password_again
def codes_make(request):
    form = ConfirmForm(
        sent(request),
        submit_label=_("Make new codes"),
        cancel_url=reverse("mfa_view_recovery_codes"),
    )
    if form.is_valid():
        try:
            factors.make_recovery_codes(request.user)
        except factors.FactorRefused as error:
            messages.error(request, str(error))
            return redirect("mfa_index")
        messages.success(request, _("These codes are new; the former ones no longer work."))
        return redirect("mfa_view_recovery_codes")
    return render(request, "mfa/recovery_codes_make.html", {"form": form})


@sensitive_post_parameters()
@login_stage_required(stage=SecondStep.key, redirect_urlname="account_login")
@form_page
def second_step(request):
    """Where a sign-in that has begun is finished, or given up."""
    stage, user = request._login_stage, request._login_stage.login.user
    if "give_up" in request.POST:
        return stage.abort()
    if wants_question(request):
        return JsonResponse(passkeys.ask(request, user))
    form, authenticator = CodeForm(user=user, now=request.now), None
    if "credential" in request.POST:
        authenticator = shown_passkey(request, user)
    elif request.method == "POST":
        form = CodeForm(request.POST, user=user, now=request.now)
        authenticator = form.authenticator if form.is_valid() else None
    if authenticator:
        authenticator.user = user
        post_authentication(request, authenticator)
        return stage.exit()
    return render(request, "mfa/second_step.html", {"form": form, **kinds_of(user)})


@public
@never_cache
@require_POST
def passkey_sign_in(request):
    """Sign in with a passkey alone: it says who comes, and has checked that it is they."""
    if request.user.is_authenticated:
        return redirect(get_login_redirect_url(request))
    if wants_question(request):
        return JsonResponse(passkeys.ask(request))
    passkey = shown_passkey(request)
    if passkey is None:
        return redirect("account_login")
    post_authentication(request, passkey, passwordless=True)
    following = safe_redirect_url(request, request.POST.get("next"), "") or None
    return perform_login(request, Login(user=passkey.user, redirect_url=following))


@never_cache
@sensitive_post_parameters()
@form_page
def prove_by_code(request):
    """Asked before a sensitive step: a code of the app, or a recovery code."""
    form = CodeAgainForm(request.POST or None, user=request.user, now=request.now)
    if form.is_valid():
        return _proved(request, form.authenticator)
    return _ask_for_proof(request, "mfa/reauthenticate.html", form=form)


@never_cache
@form_page
def prove_by_passkey(request):
    """Asked before a sensitive step: a passkey."""
    if wants_question(request):
        return JsonResponse(passkeys.ask(request, request.user))
    passkey = shown_passkey(request, request.user) if request.method == "POST" else None
    if passkey:
        return _proved(request, passkey)
    return _ask_for_proof(request, "mfa/reauthenticate_passkey.html")


def _ask_for_proof(request, template, **context):
    context |= {"next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, template, context | kinds_of(request.user))


def _proved(request, authenticator):
    authenticator.user = request.user
    post_authentication(request, authenticator, reauthenticated=True)
    return resume_request(request) or redirect("mfa_index")


def sent(request):
    """What a form was sent with, also where that is nothing; None where none was sent."""
    return request.POST if request.method == "POST" else None


def wants_question(request) -> bool:
    """Whether the browser asks what to ask of a passkey, before it sends what the passkey says."""
    return request.method == "POST" and "question" in request.POST


def shown_passkey(request, user=None) -> Authenticator | None:
    """The passkey in a POST, None with a message where it does not hold."""
    form = PasskeyAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, passkeys.NOT_ACCEPTED)
        return None
    try:
        return passkeys.check(request, form.cleaned_data["credential"], user)
    except passkeys.PasskeyRefused as error:
        messages.error(request, str(error))
        return None


def kinds_of(user) -> dict[str, bool]:
    """With what the person can show that it is they."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_app": factors.Type.TOTP in kinds,
        "has_codes": bool(kinds & {factors.Type.TOTP, factors.Type.RECOVERY_CODES}),
        "has_passkey": factors.Type.WEBAUTHN in kinds,
        "has_password": user.has_usable_password(),
    }


def own_passkey(request, pk) -> Authenticator:
    return get_object_or_404(Authenticator, pk=pk, user=request.user, type=factors.Type.WEBAUTHN)


def _removal(request, authenticator, template, *, done):
    decision = factors.can_remove(request.user, authenticator)
    form = ConfirmForm(sent(request), submit_label=_("Remove"), cancel_url=reverse("mfa_index"))
    if decision and form.is_valid():
        try:
            factors.remove_factor(authenticator)
        except factors.FactorRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, done)
        return redirect("mfa_index")
    context = {"form": form, "factor": authenticator, "decision": decision}
    return render(request, template, context)


def _after_adding(user):
    made = factors.ensure_recovery_codes(user)
    return redirect("mfa_view_recovery_codes" if made else "mfa_index")
