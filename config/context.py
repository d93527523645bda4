"""What every page knows without its view having to say so."""

from django.contrib.messages import get_messages
from django.template.backends.utils import csrf_input
from django.utils.functional import SimpleLazyObject


def page(request):
    """The person, the organization, waiting messages and the nonce of this answer; none costs a query."""
    return {
        "user": getattr(request, "user", None),
        "organization": getattr(request, "organization", None),
        "messages": get_messages(request),
        # Masked once for all forms of the page, where there is one.
        "csrf_input": SimpleLazyObject(lambda: csrf_input(request)),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
