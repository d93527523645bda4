"""What a view asks for before it runs."""

import time
from functools import partial, wraps
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect
from django.urls import reverse


def asks_password_again(view=None, *, come_back_to=""):
    """Let somebody in who has just signed in, or proved again by password or second factor that it is they.

    Others are asked first and come back to the page by GET, or to that of the URL name `come_back_to`: nothing
    they sent is kept meanwhile. People who have neither, because a provider signs them in, are let in.
    """
    if view is None:
        return partial(asks_password_again, come_back_to=come_back_to)

    @wraps(view)
    def asked(request, *args, **kwargs):
        if request.user.is_authenticated and not _is_fresh(request):
            methods = get_adapter(request).get_reauthentication_methods(request.user)
            page = reverse(come_back_to) if come_back_to else request.get_full_path()
            return HttpResponseRedirect(
                f"{methods[0]['url']}?{urlencode({REDIRECT_FIELD_NAME: page})}"
            )
        return view(request, *args, **kwargs)

    return asked


def _is_fresh(request):
    """The library counts a repeated proof alone; a sign-in of a moment ago is as good."""
    records = get_authentication_records(request, request.user)
    age = time.time() - records[-1]["at"] if records else None  # seconds
    if age is not None and age < app_settings.REAUTHENTICATION_TIMEOUT:
        return True
    return not is_reauthentication_required(request, app="")
