"""What the pages of the back office ask of this app."""

from django import template
from django.urls import reverse

from activity import registry
from activity.permissions import rights_on
from tenancy.models import row_id_of
from users.models import Permission

register = template.Library()


@register.simple_tag
def activity_url(row, user) -> str:
    """Address of the row's feed, "" where it has none or is not for this person."""
    kind = registry.by_table(row._meta.db_table)
    if kind is None:
        return ""
    row_id = row_id_of(row.pk)
    if Permission.ACTIVITY_SEE not in rights_on(user, kind, row_id):
        return ""
    return reverse("activity:of", args=[kind.slug, row_id])
