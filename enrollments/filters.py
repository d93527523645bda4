"""Narrowing the list of a course's people."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollments.models import Enrollment
from lib.text import TextRefused, clean_text

SORTS = {
    "newest": ("-created_at", "-id"),
    "oldest": ("created_at", "id"),
    "seen": ("-seen_at", "-id"),
    "percent": ("-percent", "-id"),
    "least": ("percent", "id"),
}
SORT_LABELS = {
    "newest": _("Newest first"),
    "oldest": _("Oldest first"),
    "seen": _("Last seen"),
    "percent": _("Most progress"),
    "least": _("Least progress"),
}


class PeopleFilter(django_filters.FilterSet):
    """By state, and by the beginning of a name, username or e-mail."""

    status = django_filters.ChoiceFilter(choices=Enrollment.Status, label=_("State"))
    q = django_filters.CharFilter(method="search", max_length=200, label=_("Name or e-mail"))

    class Meta:
        model = Enrollment
        fields = ["status", "q"]

    def search(self, queryset, name, value):
        """Every word must begin one of the names; so "ada lov" finds Ada Lovelace."""
        try:
            words = clean_text(value).split()[:5]
        except TextRefused:
            return queryset.none()
        for word in words:
            queryset = queryset.filter(
                Q(student__last_name__istartswith=word)
                | Q(student__first_name__istartswith=word)
                | Q(student__username__istartswith=word)
                | Q(student__email__istartswith=word)
            )
        return queryset
