"""What the signed-in person brings to every request: who acts, in which language and time zone."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation

from users import api, sessions

LANGUAGES = {code for code, _name in settings.LANGUAGES}


class ActorMiddleware:
    """Read the user before the view runs, so that the database knows who acts from the first row on.

    The account's own language goes before the cookie's and the browser's. Programs come without a session: who
    they act for, their token says (`users.api`).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(api.PREFIX):
            request.user = AnonymousUser()
            return self.get_response(request)
        sessions.device_of_request.set(request.session.get(sessions.DEVICE))
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        sessions.note_visit(request, now=request.now)
        if user.language in LANGUAGES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = time_zone_of(user)
        if zone is None:
            return self.get_response(request)
        with timezone.override(zone):
            return self.get_response(request)


def time_zone_of(user) -> ZoneInfo | None:
    """The person's time zone; None for the site's, also when the stored name is no longer known."""
    if not user.time_zone:
        return None
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return None
