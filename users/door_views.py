"""Pages of what guards an account: unlocking it, the devices it is signed in on, and tokens for programs."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lib.access import public
from lib.pagination import paginate
from users import lockout, sessions, shown_once, tokens
from users.decorators import asks_password_again
from users.door_forms import TokenForm
from users.models import ApiToken, TokenScope
from users.user_agents import device_name

DEVICES_PER_PAGE = 20


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unlock(request, lockout_id, secret):
    """The link of the mail that told of a lockout. Opening it changes nothing: mail programs look at links, too."""
    now = request.now
    if request.method == "POST":
        try:
            lockout.release_by_link(lockout_id, secret, now=now)
        except lockout.LockoutGone:
            return render(request, "users/unlock.html", {"is_dead": True}, status=410)
        messages.success(request, _("Your account is unlocked. You can sign in again."))
        return redirect("account_login")
    is_dead = lockout.find_by_link(lockout_id, secret, now=now) is None
    return render(
        request, "users/unlock.html", {"is_dead": is_dead}, status=410 if is_dead else 200
    )


@never_cache
@require_safe
def devices(request):
    """Where the person is signed in."""
    page = paginate(
        sessions.devices_of(request.user, now=request.now),
        order=("-last_seen_at", "-id"),
        cursor=request.GET.get("cursor"),
        size=DEVICES_PER_PAGE,
    )
    here = request.session[sessions.DEVICE]
    rows = [
        {
            "pk": device.pk,
            "name": device_name(device.user_agent),
            "ip": "" if device.ip == sessions.UNKNOWN_ADDRESS else device.ip,
            "place": sessions.place_of(device.ip),
            "seen_at": device.last_seen_at,
            "is_here": device.pk == here,
        }
        for device in page
    ]
    return render(request, "users/device_list.html", {"devices": rows, "page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def device_end(request, device_id):
    """Sign one device out, after asking."""
    own = sessions.devices_of(request.user, now=request.now)
    device = get_object_or_404(own, pk=device_id)
    if device.pk == request.session[sessions.DEVICE]:
        return redirect("account_logout")
    if request.method == "POST":
        sessions.end(own.filter(pk=device.pk), reason="person")
        messages.success(request, _("The device is signed out."))
        return redirect("users:devices")
    return render(request, "users/device_end.html", {"name": device_name(device.user_agent)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def devices_end(request):
    """Sign all other devices out, after asking."""
    if request.method == "POST":
        here = request.session[sessions.DEVICE]
        sessions.end_all(request.user, reason="person", but=here)
        messages.success(request, _("You are signed in here alone now."))
        return redirect("users:devices")
    return render(request, "users/device_end.html", {"name": ""})


@never_cache
@require_safe
def token_list(request):
    """The person's tokens, also those that no longer work."""
    own = ApiToken.objects.filter(user=request.user)
    page = paginate(own, order=("-created_at", "-id"), cursor=request.GET.get("cursor"))
    labels = dict(TokenScope.choices)
    rows = [
        {
            "token": token,
            "scopes": [labels[scope] for scope in token.scopes],
            "is_usable": token.is_usable(request.now),
        }
        for token in page
    ]
    return render(request, "users/token_list.html", {"tokens": rows, "page": page})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@asks_password_again
def token_add(request):
    """Make a token; its value is shown on the page that follows, also to whom the button was pressed twice."""
    form = TokenForm(request.POST or None, now=request.now)
    if not form.is_valid():
        return render(request, "users/token_add.html", {"form": form})
    try:
        token, value = tokens.make_token(request.user, **form.wishes(), now=request.now)
    except tokens.TooManyTokens as error:
        form.add_error(None, str(error))
        return render(request, "users/token_add.html", {"form": form})
    shown_once.keep(request, token, value)
    return redirect("users:token_made")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_made(request):
    """The value of the new token, until its owner says that it is copied, or ten minutes are over."""
    if request.method == "POST":
        shown_once.forget(request)
        return redirect("users:tokens")
    token_id, value = shown_once.read(request) or (None, "")
    token = ApiToken.objects.filter(user=request.user, pk=token_id).usable(request.now).first()
    if token is None:
        return redirect("users:tokens")
    return render(request, "users/token_made.html", {"token": token, "value": value})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request, token_id):
    """End a token, after asking."""
    token = get_object_or_404(
        ApiToken.objects.filter(user=request.user).usable(request.now), pk=token_id
    )
    if request.method == "POST":
        tokens.revoke_token(token.pk, now=request.now)
        messages.success(request, _("“%(name)s” is revoked.") % {"name": token.name})
        return redirect("users:tokens")
    return render(request, "users/token_revoke.html", {"token": token})
