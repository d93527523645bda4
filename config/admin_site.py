"""The admin: the back office of instructors and admins, entered through the site's own door."""

from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from lib.text import TextRefused, clean_text
from tenancy.backoffice.access import AccessRules, pickable_rows


class CairnAdminSite(AdminSite):
    site_header = site_title = "Cairn"
    index_title = _("Back office")

    def login(self, request, extra_context=None):
        """Sign-in has one door; who is signed in and may not enter is told so."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or request.path)

    def password_change(self, request, extra_context=None):
        """The site's own page, where guesses at the present password are counted."""
        return redirect("account_change_password")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Libraries register models of theirs with no thought of organizations; those stay out."""
        if admin_class is not None and issubclass(admin_class, AccessRules):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        user = request.user
        return user.is_authenticated and user.is_active and user.is_staff

    def get_urls(self):
        """Without the detour to a row's page on the site, which loads any row for any of the staff."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def admin_view(self, view, cacheable=False):
        known = require_http_methods(["GET", "HEAD", "POST"])
        return super().admin_view(known(_with_storable_parameters(view)), cacheable)

    def autocomplete_view(self, request):
        return ScopedAutocomplete.as_view(admin_site=self)(request)


class ScopedAutocomplete(AutocompleteJsonView):
    """Suggestions for a foreign key: the rows the person may choose there, and no others."""

    def has_perm(self, request, obj=None):
        try:
            source = self.admin_site.get_model_admin(self.source_field.model)
        except NotRegistered:
            source = None
        return source is None or source.may_enter(request.user)

    def get_queryset(self):
        rows = pickable_rows(self.admin_site, self.request, self.source_field)
        rows = rows.complex_filter(self.source_field.get_limit_choices_to())
        rows, has_duplicates = self.model_admin.get_search_results(self.request, rows, self.term)
        return rows.distinct() if has_duplicates else rows


def _with_storable_parameters(view):
    """An address with characters that no column can hold finds nothing."""

    def checked(request, *args, **kwargs):
        try:
            for name, values in request.GET.lists():
                for text in (name, *values):
                    clean_text(text)
        except TextRefused as error:
            raise Http404(str(error)) from error
        return view(request, *args, **kwargs)

    return checked
