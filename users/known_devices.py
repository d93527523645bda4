"""Devices on which somebody signed in before, known by a signed cookie.

Guesses on such a device count against it alone, so that strangers cannot lock its owner out. The cookie opens
nothing by itself, and a changed password ends it.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from users.models import User

COOKIE = "__Host-device" if settings.HTTPS else "device"
KEPT = timedelta(days=180)


def device_of(request: HttpRequest, user: User) -> str:
    """The device's number if this person signed in on it, else ""."""
    cookie = request.COOKIES.get(COOKIE, "")
    try:
        return signing.loads(cookie, salt=_salt(user), max_age=KEPT) if cookie else ""
    except signing.BadSignature:
        return ""


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Know this device again the next time the person signs in."""
    device = device_of(request, user) or get_random_string(22)
    response.set_cookie(
        COOKIE,
        signing.dumps(device, salt=_salt(user)),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(user):
    return f"users.known_devices:{user.pk}:{user.get_session_auth_hash()}"
