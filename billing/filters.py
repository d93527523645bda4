"""Narrowing the list of invoices."""

import django_filters
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from users.people_search import named_like


class InvoiceFilter(django_filters.FilterSet):
    """By state, and by the beginning of the buyer's name, username or e-mail."""

    status = django_filters.ChoiceFilter(choices=Invoice.Status, label=_("State"))
    q = django_filters.CharFilter(method="search", max_length=200, label=_("Name or e-mail"))

    class Meta:
        model = Invoice
        fields = ["status", "q"]

    def search(self, queryset, name, value):
        return named_like(queryset, value, person="buyer")
