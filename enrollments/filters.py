"""Narrowing the list of a course's people."""

from datetime import timedelta

import django_filters
from django.db.models.functions import Coalesce
from django.forms import CheckboxInput
from django.utils.translation import gettext_lazy as _

from enrollments.models import Enrollment
from enrollments.risk import at_risk
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


NEVER_SEEN = "never"
SEEN = [
    ("7", _("Not seen for 7 days")),
    ("14", _("Not seen for 14 days")),
    ("30", _("Not seen for 30 days")),
    (NEVER_SEEN, _("Never seen")),
]
#: What narrows the list of people, by the names of the address.
NARROWING = ("status", "q", "seen", "least", "most", "risk", "section")


def with_seen(people):
    """Adds `seen_at`: when somebody was last there, or else when their place was made."""
    return people.annotate(seen_at=Coalesce("last_accessed_at", "created_at"))


class PeopleFilter(django_filters.FilterSet):
    """By state, by when people were last there, by progress, by section, by who is at risk, and by the beginning of a name.

    For enrollments `with_seen`. `now` is the time that days are counted back from.
    """

    status = django_filters.ChoiceFilter(choices=Enrollment.Status, label=_("State"))
    seen = django_filters.ChoiceFilter(choices=SEEN, method="not_seen", label=_("Last seen"))
    least = django_filters.NumberFilter(
        field_name="percent", lookup_expr="gte", min_value=0, max_value=100, label=_("From percent")
    )
    most = django_filters.NumberFilter(
        field_name="percent", lookup_expr="lte", min_value=0, max_value=100, label=_("To percent")
    )
    section = django_filters.UUIDFilter(field_name="section_places__section", label=_("Section"))
    risk = django_filters.BooleanFilter(method="at_risk", widget=CheckboxInput, label=_("At risk"))
    q = django_filters.CharFilter(method="search", max_length=200, label=_("Name or e-mail"))

    class Meta:
        model = Enrollment
        fields = []

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now

    def not_seen(self, queryset, name, value):
        if value == NEVER_SEEN:
            return queryset.filter(last_accessed_at__isnull=True)
        return queryset.filter(seen_at__lte=self.now - timedelta(days=int(value)))

    def at_risk(self, queryset, name, value):
        return queryset.filter(at_risk(self.now)) if value else queryset

    def search(self, queryset, name, value):
        return named_like(queryset, value, person="student")
