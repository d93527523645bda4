"""Narrowing the list of erasures."""

import django_filters
from django.utils.translation import gettext_lazy as _

from privacy.models import ErasureRequest
from users.people_search import named_like

SORTS = {"oldest": ("created_at", "id"), "newest": ("-created_at", "-id")}
SORT_LABELS = {"oldest": _("Oldest first"), "newest": _("Newest first")}


class ErasureFilter(django_filters.FilterSet):
    """By state, and by the beginning of a name, username or e-mail."""

    status = django_filters.ChoiceFilter(choices=ErasureRequest.Status, label=_("State"))
    q = django_filters.CharFilter(method="search", max_length=200, label=_("Name or e-mail"))

    class Meta:
        model = ErasureRequest
        fields = ["status", "q"]

    def search(self, queryset, name, value):
        return named_like(queryset, value, person="person")
