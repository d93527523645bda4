"""Narrowing the list of erasures."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.text import TextRefused, clean_text
from privacy.models import ErasureRequest

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
        try:
            words = clean_text(value).split()[:5]
        except TextRefused:
            return queryset.none()
        for word in words:
            queryset = queryset.filter(
                Q(person__last_name__istartswith=word)
                | Q(person__first_name__istartswith=word)
                | Q(person__username__istartswith=word)
                | Q(person__email__istartswith=word)
            )
        return queryset
