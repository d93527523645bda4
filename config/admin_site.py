"""The admin: the back office of instructors and admins, entered through the site's own door."""

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class CairnAdminSite(AdminSite):
    site_header = site_title = "Cairn"
    index_title = _("Back office")

    def login(self, request, extra_context=None):
        """Sign-in has one door; who is signed in and may not enter is told so."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.path)
