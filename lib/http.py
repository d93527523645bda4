"""Small helpers around requests and answers."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_redirect_url(request: HttpRequest, url: str | None, fallback: str) -> str:
    """`url` if it leads to this very host (and stays on HTTPS), else `fallback`."""
    if url and url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return url
    return fallback


def client_ip(request: HttpRequest) -> str:
    """Address the request came from, "" if unknown.

    Behind `TRUSTED_PROXIES` proxies it is that many places from the end of X-Forwarded-For; what stands
    further to the left was written by the sender and is not believed.
    """
    hops = [
        hop.strip()
        for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if hop.strip()
    ]
    depth = settings.TRUSTED_PROXIES
    address = hops[-depth] if depth and len(hops) >= depth else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ip_address(address))
    except ValueError:
        return ""
