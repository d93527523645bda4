"""Guests get the catalogue's pages as ready bytes, without a database or a template."""

import hashlib
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.translation import get_language_from_request

from courses.cache import catalogue_version
from tenancy.context import remember_organization
from users import known_devices

SECONDS = 60  #: how old a number on a guest's page may be, such as the free seats

#: Cookies that do not make a guest somebody; the page is kept per value of the first two.
HARMLESS_COOKIES = {
    "theme",
    settings.LANGUAGE_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    known_devices.COOKIE,
}
MAX_ADDRESS = 300  # characters; longer ones are not worth keeping


class GuestCacheMiddleware:
    """Keep and give out pages that their views marked with `same_for_all_guests`.

    A kept page belongs to one host name, address, language and theme, and to the catalogue's version of
    its organization: publishing or changing a course makes all of them stale at once.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_plain_guest(request):
            return self.get_response(request)
        key = page_key(request)
        kept = cache.get(key)
        if kept is not None:
            with remember_organization(UUID(kept["organization"])):
                if catalogue_version() == kept["version"]:
                    return HttpResponse(kept["body"], headers=kept["headers"])
        response = self.get_response(request)
        if response.status_code == 200 and getattr(response, "is_same_for_all_guests", False):
            keep(key, request, response)
        return response


def is_plain_guest(request) -> bool:
    return (
        request.method == "GET"
        and set(request.COOKIES) <= HARMLESS_COOKIES
        and len(request.get_full_path()) <= MAX_ADDRESS
        and "HTTP_AUTHORIZATION" not in request.META
    )


def page_key(request) -> str:
    parts = [
        request.META.get("HTTP_HOST", ""),
        request.get_full_path(),
        get_language_from_request(request),
        request.COOKIES.get("theme", "")[:10],
        request.META.get("HTTP_HX_REQUEST", ""),
    ]
    return "guest:" + hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def keep(key, request, response) -> None:
    if response.cookies or not request.organization:
        return
    with remember_organization(request.organization.pk):
        version = catalogue_version()
    kept = {
        "organization": str(request.organization.pk),
        "version": version,
        "body": bytes(response.content),
        "headers": {
            name: response[name]
            for name in ("Content-Type", "Content-Language", "Vary", "HX-Push-Url")
            if name in response
        },
    }
    cache.set(key, kept, SECONDS)
