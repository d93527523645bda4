"""A form that is sent twice is answered as it was the first time, and acted upon once."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.http import HttpResponseRedirect

from tenancy.models import IdempotencyKey

FIELD = "idempotency_key"
CONSTRAINT = "tenancy_idempotencykey_once"


class IdempotencyMiddleware:
    """Answer a repeated POST with the redirect of the first.

    Only a redirect is remembered, since that is how a view here says that something was done. Of two
    equal posts at once, the second waits at the unique key for the first, undoes its own work, and
    gives the first one's answer.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = key_of(request)
        if key is None:
            return self.get_response(request)
        scope = scope_of(request)
        answered = remembered_location(key, scope)
        if answered is not None:
            return HttpResponseRedirect(answered)
        try:
            with transaction.atomic():
                response = self.get_response(request)
                if response.status_code in (302, 303) and not connection.needs_rollback:
                    # Read again: signing in changes who the sender is, not which form was sent.
                    IdempotencyKey.objects.create(
                        key=key, scope=scope, location=response["Location"]
                    )
        except IntegrityError as error:
            if CONSTRAINT not in str(error):
                raise
            return HttpResponseRedirect(remembered_location(key, scope))
        return response


def key_of(request) -> UUID | None:
    """The key a form carries, None where it has none or nonsense."""
    if request.method != "POST" or request.organization is None:
        return None
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def scope_of(request) -> str:
    """Keys of different people and pages never meet, even when one is guessed."""
    person = request.session.get("_auth_user_id") or request.session.session_key or "guest"
    return f"{person}:{request.path}"[:200]


def remembered_location(key: UUID, scope: str) -> str | None:
    return (
        IdempotencyKey.objects.filter(key=key, scope=scope)
        .values_list("location", flat=True)
        .first()
    )
