"""The Content-Security-Policy of every answer, put together once: from page to page only the nonce differs."""

from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings

PLACE = "place-of-the-nonce"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """As the library's, for a site whose views all have the policy of the settings."""

    def process_response(self, request, response):
        if settings.DEBUG:  # the library leaves out Django's own pages of errors
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        response.setdefault(HEADER, policy_with(nonce))
        return response


def policy_with(nonce: str | None) -> str:
    """The policy of the settings for a page with this nonce, or for one that has none."""
    return _policy(None) if nonce is None else _policy(PLACE).replace(PLACE, nonce)


@cache
def _policy(nonce):
    return build_policy(nonce=nonce)
