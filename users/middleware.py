"""What the signed-in person brings to every request: who acts, in which language and time zone."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from users import api, arrivals, sessions
from users.time_zones import time_zone_of

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
            arrivals.turn_away()
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


class PrivatePagesMiddleware:
    """Keep what a person was shown out of every cache, so that nobody finds it after they signed out.

    Answers that say themselves how long they keep, such as pictures, are left as they are.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
