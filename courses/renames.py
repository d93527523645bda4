"""Addresses of a course live on under its former short names."""

import functools

from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse

from courses.models import Course

SAFE_METHODS = ("GET", "HEAD")


def follow_renames(view):
    """Lead an address with a former short name of a course to the same page under its present one.

    Only where the view finds nothing, and only to a course that the visitor may see: otherwise a former
    name answers exactly as an unknown one. A view behind it takes `slug`.
    """

    @functools.wraps(view)
    def followed(request, slug, **arguments):
        try:
            return view(request, slug, **arguments)
        except Http404:
            present = present_slug(request.user, slug) if request.method in SAFE_METHODS else None
            if present is None:
                raise
        address = reverse(request.resolver_match.view_name, kwargs={"slug": present, **arguments})
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

    return followed


def present_slug(user, former: str) -> str | None:
    """Today's short name of the visible course that once had this one; None where there is none."""
    found = Course.objects.visible_to(user).filter(former_slugs__slug=former)
    return found.exclude(slug=former).values_list("slug", flat=True).first()
