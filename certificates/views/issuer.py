"""What readers of credentials look up: who the issuer is, its keys, and which credentials it took back."""

from django.http import Http404, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from certificates.credentials.making import id_of, issuer_id, issuer_of
from certificates.models import Certificate, SigningKey
from lib.access import public
from tenancy.context import acting_for_everyone
from tenancy.links import organization_origin

MINUTES = 5 * 60  # seconds


@public
@require_safe
@cache_control(public=True, max_age=MINUTES)
def profile(request):
    """The organization as the issuer of its credentials."""
    about = issuer_of(organization_origin(), request.organization.name)
    context = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    return JsonResponse({"@context": context} | about)


@public
@require_safe
@cache_control(public=True, max_age=MINUTES)
def keys(request):
    """All public keys of the organization, also those that sign no longer."""
    found = SigningKey.objects.values_list("public_jwk", flat=True)
    return JsonResponse({"keys": list(found)})


@public
@require_safe
@cache_control(public=True, max_age=MINUTES)
def key(request, kid):
    """One public key, as the header of a credential names it."""
    found = SigningKey.objects.filter(kid=kid[:64]).values_list("public_jwk", flat=True).first()
    if found is None:
        raise Http404
    return JsonResponse(found)


@public
@require_safe
@cache_control(public=True, max_age=MINUTES)
def revocations(request):
    """The ids of credentials that no longer hold, without names and reasons; an id opens nothing."""
    origin = organization_origin()
    with acting_for_everyone():
        ended = Certificate.objects.exclude(pk__in=Certificate.objects.valid().values("pk"))
        taken_back = [
            {"id": id_of(row), "revoked": True} for row in ended.only("id").order_by("id")
        ]
    return JsonResponse(
        {
            "id": request.build_absolute_uri(),
            "issuer": issuer_id(origin),
            "revokedCredential": taken_back,
        }
    )
