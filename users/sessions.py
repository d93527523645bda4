"""Devices on which people are signed in.

The account library's table has a row for each, whose number the session carries. A session whose row is gone
is nobody's at the next request, whatever the session store or a cache still holds: the statement that reads
the user asks for the row as well (`users.backends`).
"""

from contextvars import ContextVar
from datetime import datetime, timedelta
from importlib import import_module
from ipaddress import ip_address
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lib.http import client_ip
from tenancy import security
from tenancy.security import Kind
from users.models import User

DEVICE = "device_id"  # in the session: primary key of the row
SEEN = "seen_at"  # in the session: when the row was last written, in seconds since 1970
SEEN_EVERY = timedelta(minutes=5)
LASTS = timedelta(seconds=settings.SESSION_COOKIE_AGE)
UNKNOWN_ADDRESS = "::"
USER_AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length

#: The device that the running request comes from, for the statement that reads its user.
device_of_request: ContextVar[int | None] = ContextVar("device_of_request", default=None)


def begin(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Note the device on which somebody just signed in."""
    session = request.session
    if not session.session_key:
        session.create()
    seen = _seen(request, now) | {"session_key": session.session_key}
    known = session.get(DEVICE)
    if known is None or not UserSession.objects.filter(pk=known, user=user).update(**seen):
        session[DEVICE] = UserSession.objects.create(user=user, created_at=now, **seen).pk
    session[SEEN] = int(now.timestamp())


def note_visit(request: HttpRequest, *, now: datetime) -> None:
    """Note that the device is in use; written every few minutes alone."""
    session = request.session
    if now.timestamp() - session.get(SEEN, 0) < SEEN_EVERY.total_seconds():
        return
    UserSession.objects.filter(pk=session[DEVICE]).update(
        session_key=session.session_key, **_seen(request, now)
    )
    session[SEEN] = int(now.timestamp())


def devices_of(user: User, *, now: datetime) -> QuerySet[UserSession]:
    """The devices on which a person is signed in."""
    return UserSession.objects.filter(user=user, last_seen_at__gt=now - LASTS)


@transaction.atomic
def end(devices: QuerySet[UserSession], *, reason: str) -> int:
    """Sign these devices out, at once; how many. `reason` is for the security log: "person", "password", …"""
    ended = list(
        devices.select_for_update(of=("self",)).values_list("pk", "user_id", "session_key")
    )
    UserSession.objects.filter(pk__in=[pk for pk, _user_id, _key in ended]).delete()
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for _pk, user_id, key in ended:
        store.delete(key)
        security.record(Kind.SESSION_ENDED, user_id=user_id, reason=reason)
    return len(ended)


def end_all(user: User, *, reason: str, but: int | None = None) -> int:
    """Sign a person out on every device, `but` that of this number; how many."""
    return end(UserSession.objects.filter(user=user).exclude(pk=but), reason=reason)


def forget(device_id: int | None, user_id: UUID) -> None:
    """After a person signed out on a device."""
    UserSession.objects.filter(pk=device_id, user=user_id).delete()


def sweep(*, now: datetime) -> None:
    """Remove devices whose sessions have expired."""
    UserSession.objects.filter(last_seen_at__lte=now - LASTS).delete()


def place_of(ip: str) -> str:
    """Where an address is, as far as it tells without asking anybody."""
    address = ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_unspecified:
        return _("unknown address")
    if address.is_loopback:
        return _("this machine")
    return _("this network") if address.is_private or address.is_link_local else ""


def _seen(request, now):
    return {
        "ip": client_ip(request) or UNKNOWN_ADDRESS,
        "user_agent": request.META.get("HTTP_USER_AGENT", "")[:USER_AGENT_LENGTH],
        "last_seen_at": now,
    }
