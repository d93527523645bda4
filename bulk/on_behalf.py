"""A request for code that wants one, in a job that works on somebody's behalf."""

from datetime import datetime
from urllib.parse import urlsplit

from django.http import HttpRequest

from tenancy.context import require_organization_id
from tenancy.links import organization_origin
from tenancy.models import Organization


def request_of(user, now: datetime) -> HttpRequest:
    """As ModelAdmins, and the mails of accounts, expect it: with the organization, its address, the person and the time."""
    origin = urlsplit(organization_origin())
    request = HttpRequest()
    request.method, request.user, request.now = "POST", user, now
    request.organization = Organization.objects.get(pk=require_organization_id())
    request.META["HTTP_HOST"] = origin.netloc
    request._get_scheme = lambda: origin.scheme
    return request
