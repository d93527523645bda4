"""What a view asks for before it runs."""

from functools import wraps
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect


def asks_password_again(view):
    """Let somebody in who has just proved again, by password or second factor, that it is they.

    Others are asked first and come back to the page by GET: nothing they sent is kept meanwhile. People who
    have neither, because a provider signs them in, are let in.
    """

    @wraps(view)
    def asked(request, *args, **kwargs):
        if request.user.is_authenticated and is_reauthentication_required(request, app=""):
            methods = get_adapter(request).get_reauthentication_methods(request.user)
            back = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
            return HttpResponseRedirect(f"{methods[0]['url']}?{back}")
        return view(request, *args, **kwargs)

    return asked
