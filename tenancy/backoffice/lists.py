"""Lists of the admin that stay fast with many rows."""

from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.functional import cached_property

from tenancy.backoffice.access import pickable_rows

COUNT_LIMIT = 10_000  # rows; beyond it a list says "10,000+" and wants a filter or a search
FILTER_CHOICES = 100  # entries; a filter with more than that is not shown


class AtLeast(int):
    """A count that was not counted to its end."""

    def __str__(self):
        return f"{number_format(int(self), force_grouping=True)}+"


class BoundedPaginator(Paginator):
    """Counts to `COUNT_LIMIT` and no further."""

    @cached_property
    def count(self):
        rows = self.object_list
        if not hasattr(rows, "query"):
            return len(rows)
        counted = rows.order_by()[: COUNT_LIMIT + 1].count()
        return AtLeast(COUNT_LIMIT) if counted > COUNT_LIMIT else counted


class ScopedRelatedFilter(RelatedFieldListFilter):
    """Offers only rows the person may choose, and nothing at all where they are too many to list.

    An address with a value still filters then: other pages link that way.
    """

    def field_choices(self, field, request, model_admin):
        if not field.concrete:  # the far side of another table's key
            return []
        rows = pickable_rows(model_admin.admin_site, request, field)[: FILTER_CHOICES + 1]
        choices = [(row.pk, str(row)) for row in rows]
        return choices if len(choices) <= FILTER_CHOICES else []


FieldListFilter.register(lambda field: field.remote_field, ScopedRelatedFilter, take_priority=True)
