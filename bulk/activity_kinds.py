"""What the activity feeds say about tables that were sent in."""

from django.utils.translation import gettext_lazy as _

from activity.registry import Kind, register
from bulk.models import BulkUpload

register(
    Kind(
        BulkUpload,
        _("the table “%(name)s”"),
        columns=("file_name",),
        hidden=frozenset({"kind", "about_id", "options", "columns", "status"}),
        weight=3,
    )
)
