"""What the pages of the back office ask of this app."""

from django import template
from django.urls import reverse

from activity import registry
from activity.permissions import rights_on
from users.models import Permission

register = template.Library()


@register.simple_tag
def activity_url(row, user) -> str:
    """Address of the row's feed, "" where it has none or is not for this person."""
    kind = registry.by_table(row._meta.db_table)
    if kind is None or Permission.ACTIVITY_SEE not in rights_on(user, kind, row.pk):
        return ""
    return reverse("activity:of", args=[kind.slug, row.pk])
