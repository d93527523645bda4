"""A form that is sent twice is answered as it was the first time, and acted upon once."""

from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpResponseRedirect

from lib.ids import uuid7
from lib.rows import execute
from tenancy.context import require_organization_id

FIELD = "idempotency_key"

REMEMBER = """
INSERT INTO tenancy_idempotencykey (id, organization_id, key, scope, location, created_at, updated_at)
VALUES (%s, %s, %s, %s, %s, now(), now())
"""


class IdempotencyMiddleware:
    """Answer a repeated POST with the redirect of the first.

    Entering the organization has locked the key: of two equal posts at once the second waited there until
    the first was committed, and now gives its answer without doing anything. Only a redirect is
    remembered, since that is how a view here says that something was done; a form with errors is not.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.form_key is None:
            return self.get_response(request)
        sender = sender_of(request)
        scope = f"{sender}:{request.path}"[:200]
        if scope in request.known_answers:
            return HttpResponseRedirect(request.known_answers[scope])
        response = self.get_response(request)
        # Who signs in or out must be answered anew: the answer carries their session.
        if is_done(response) and sender_of(request) == sender:
            remember(request.form_key, scope, response["Location"])
        return response


def is_done(response) -> bool:
    """Whether the answer is a redirect, and what the view wrote is going to be stored."""
    return response.status_code in (302, 303) and not connection.needs_rollback


def key_of(request) -> UUID | None:
    """The key a form carries, None where it has none or nonsense."""
    if request.method != "POST":
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


def remember(key: UUID, scope: str, location: str) -> None:
    execute(REMEMBER, [uuid7(), require_organization_id(), key, scope, location])
