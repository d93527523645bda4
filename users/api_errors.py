"""Errors below /api/ are told in JSON, whoever gives them: a view, a middleware, or Django itself."""

import json
from http import HTTPStatus

from django.conf import settings

from users import api

UNKNOWN = ("refused", "The request was refused.")
TOLD = {
    HTTPStatus.BAD_REQUEST: (
        "bad_request",
        "Something in the address or in what was sent is not right.",
    ),
    HTTPStatus.FORBIDDEN: ("forbidden", api.NOT_ALLOWED),
    HTTPStatus.NOT_FOUND: ("not_found", api.NOT_FOUND),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "too_large",
        "More was sent than is taken at once.",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "internal_error",
        "The mistake is on our side, and has been written down.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "unavailable",
        "The site cannot answer just now. Try again in a moment.",
    ),
}
NEEDS_HTTPS = "Ask by HTTPS. A token that was sent without it should be revoked."


class ApiErrorsMiddleware:
    """Stands first, so that it sees what every other part of the site answers to a program.

    Where the site is open by HTTPS alone, a program is not led there as a browser is: it would go on sending its
    token in the clear, and never know.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(api.PREFIX):
            return self.get_response(request)
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return api.problem(HTTPStatus.FORBIDDEN, "https_required", NEEDS_HTTPS)
        response = self.get_response(request)
        if response.status_code >= 400 and response["Content-Type"] != "application/json":
            tell_in_json(response)
        return response


def tell_in_json(response) -> None:
    """Put the words of the API in place of a page; headers such as Retry-After stay."""
    code, detail = TOLD.get(response.status_code, UNKNOWN)
    response.content = json.dumps({"error": code, "detail": detail})
    response["Content-Type"] = "application/json"
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "no-store"
