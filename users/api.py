"""The door for programs: JSON, opened by a token of `users.tokens`, never by a session.

    @token_required(TokenScope.READ_PROFILE)
    def me(request): …

gives the view `request.user`, the token's owner, and `request.caller`.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from lib.access import public
from lib.http import client_ip
from users import tokens
from users.models import Profile, TokenScope, User

PREFIX = "/api/"  # below it no session is read (`users.middleware`)

INVALID_TOKEN = "The token is missing, wrong, revoked or past its end."
NO_SUCH_METHOD = "This address does not answer %s."
NOT_FOUND = "There is nothing at this address."
NOT_ALLOWED = "You may not do this."


def token_required(scope: TokenScope, *, methods: tuple[str, ...] = ("GET", "HEAD")) -> Callable:
    """Let in who sends `Authorization: Bearer cairn_…` with a token that reaches `scope`; answer in JSON.

    401 without a usable token, 403 for one that does not reach so far, 405 for another method. Http404 and
    PermissionDenied of the view become JSON too.
    """

    def decorate(view):
        @csrf_exempt  # a browser sends no token by itself
        @public
        @wraps(view)
        def answered(request, *args, **kwargs):
            return _uncached(_answer(request, scope, methods, view, args, kwargs))

        return answered

    return decorate


def problem(status: HTTPStatus, code: str, detail: str, **headers: str) -> JsonResponse:
    """An error as every address of the API tells it."""
    return JsonResponse({"error": code, "detail": detail}, status=status, headers=headers)


@public
@csrf_exempt
def not_found(request, rest):
    return _uncached(problem(HTTPStatus.NOT_FOUND, "not_found", NOT_FOUND))


@token_required(TokenScope.READ_PROFILE)
def me(request):
    return JsonResponse(user_profile(request.user))


def user_profile(user: User) -> dict:
    """A person as they see themselves: the object UserProfile."""
    about = Profile.objects.filter(user=user).first() or Profile(user=user)
    return {
        "id": str(user.pk),
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "role": user.role,
        "avatar": user.avatar_url or None,
        "bio": about.bio,
        "date_of_birth": about.birth_date and about.birth_date.isoformat(),
    }


def _answer(request, scope, methods, view, args, kwargs):
    if request.method not in methods:
        detail = NO_SUCH_METHOD % request.method
        status = HTTPStatus.METHOD_NOT_ALLOWED
        return problem(status, "method_not_allowed", detail, Allow=", ".join(methods))
    caller = _caller(request)
    if caller is None:
        return _challenge(HTTPStatus.UNAUTHORIZED, "invalid_token", INVALID_TOKEN)
    if not caller.may(scope):
        detail = f"The token does not reach {scope}."
        return _challenge(HTTPStatus.FORBIDDEN, "insufficient_scope", detail, scope=scope)
    request.caller, request.user = caller, caller.user
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return problem(HTTPStatus.NOT_FOUND, "not_found", NOT_FOUND)
    except PermissionDenied:
        return problem(HTTPStatus.FORBIDDEN, "forbidden", NOT_ALLOWED)


def _caller(request: HttpRequest) -> tokens.Caller | None:
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    value = value.strip() if kind.lower() == "bearer" else ""
    return tokens.read_token(value, client_ip=client_ip(request), now=request.now)


def _challenge(status, code, detail, **parameters):
    """RFC 6750: what is wrong with the token, also for programs that look at headers alone."""
    told = {"realm": "Cairn", "error": code, **parameters}
    header = ", ".join(f'{name}="{value}"' for name, value in told.items())
    return problem(status, code, detail, **{"WWW-Authenticate": f"Bearer {header}"})


def _uncached(response):
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Authorization"
    return response
