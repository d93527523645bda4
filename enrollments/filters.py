"""Narrowing the list of a course's people."""

import django_filters
from django.utils.translation import gettext_lazy as _

from enrollments.models import Enrollment
from users.people_search import named_like

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
        return named_like(queryset, value, person="student")
