"""A form that is sent twice is answered as it was the first time, and acted upon once."""

from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpResponseRedirect

from lib.ids import uuid7
from lib.rows import prepared_cursor
from tenancy.context import require_organization_id
from tenancy.models import IdempotencyKey

FIELD = "idempotency_key"

CLAIM = """
INSERT INTO tenancy_idempotencykey (id, organization_id, key, scope, location, created_at, updated_at)
VALUES (%s, %s, %s, %s, '', now(), now())
ON CONFLICT DO NOTHING
"""
REMEMBER = "UPDATE tenancy_idempotencykey SET location = %s WHERE key = %s AND scope = %s"


class IdempotencyMiddleware:
    """Answer a repeated POST with the redirect of the first.

    The key is claimed before the view runs. Of two equal posts at once the second waits there until the
    first is committed, and then gives its answer without having done anything. Only a redirect is
    remembered, since that is how a view here says that something was done; a form with errors is not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        sender = sender_of(request)
        scope = f"{sender}:{request.path}"[:200]
        if not claim(key, scope):
            return HttpResponseRedirect(remembered_location(key, scope))
        response = self.get_response(request)
        if connection.needs_rollback:  # the claim goes with the rest of the request's transaction
            return response
        # Who signs in or out must be answered anew: the answer carries their session.
        if response.status_code in (302, 303) and sender_of(request) == sender:
            remember(key, scope, response["Location"])
        else:
            IdempotencyKey.objects.filter(key=key, scope=scope).delete()
        return response


def key_of(request) -> UUID | None:
    """The key a form carries, None where it has none or nonsense."""
    if request.method != "POST" or request.organization is None:
        return None
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def sender_of(request) -> str:
    """Who sent it: keys of different people never meet, even when guessed.

    A guest is known by the cookie that guards their forms, which is there before any session is.
    """
    person = request.session.get("_auth_user_id")
    if person:
        return person
    cookie = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    return f"guest-{sha256(cookie.encode()).hexdigest()[:20]}"


def claim(key: UUID, scope: str) -> bool:
    """Take the key for this request; False where another request has answered with it."""
    with prepared_cursor() as cursor:
        cursor.execute(CLAIM, [uuid7(), require_organization_id(), key, scope])
        return cursor.rowcount == 1


def remember(key: UUID, scope: str, location: str) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(REMEMBER, [location, key, scope])


def remembered_location(key: UUID, scope: str) -> str:
    return IdempotencyKey.objects.values_list("location", flat=True).get(key=key, scope=scope)
