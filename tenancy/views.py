from mimetypes import guess_type

from django.http import FileResponse, Http404, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lib.access import public
from lib.contrast import theme_css


@public
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def theme(request):
    """Style sheet with the organization's own brand colour; its address changes with the colour."""
    if not request.organization.brand_color:
        raise Http404
    return HttpResponse(theme_css(request.organization.brand_color), content_type="text/css")


@public
@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def logo(request):
    """The organization's logo; the address that pages use changes with it."""
    stored = request.organization.logo
    if not stored:
        raise Http404
    try:
        file = stored.open("rb")
    except OSError as error:
        raise Http404 from error
    return FileResponse(file, content_type=guess_type(stored.name)[0])
