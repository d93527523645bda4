"""Addresses that leave the site, in mails above all."""

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from tenancy.models import Domain


def site_origin(request: HttpRequest) -> str:
    """Scheme, host and port under which a reader of a mail finds the organization.

    The host of the request is taken only if it is one of the organization's own, for a sender may write
    any name into it; else it is the primary one.
    """
    host, port = split_domain_port(request.get_host())
    known = dict(Domain.objects.order_by("is_primary").values_list("host", "is_primary"))
    if known and host not in known:
        host = list(known)[-1]
    return f"{request.scheme}://{host}{f':{port}' if port else ''}"


def organization_origin() -> str:
    """The same for a job, which has no request: the primary host name, at the port the site is reached by."""
    host = Domain.objects.order_by("-is_primary", "host").values_list("host", flat=True).first()
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{'https' if settings.HTTPS else 'http'}://{host or 'localhost'}{port}"
