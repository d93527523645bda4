"""What is personal in the record of what was undone: who did it."""

from django.utils.translation import gettext_lazy as _

from activity.models import Undo
from tenancy.personal import Rows, declare

declare(
    Undo,
    heading=_("Changes I undid"),
    person="by_id",
    rows=Rows.UNLINKED,
    reason=_("What was undone is part of the record of the organization."),
    facts=["undone_at", "taken_back_at"],
)
