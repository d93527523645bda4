"""What is personal in tables that were sent in: the rows about somebody go with them."""

from django.utils.translation import gettext_lazy as _

from bulk.models import BulkRow, BulkUpload
from tenancy.personal import Rows, declare

declare(
    BulkUpload,
    heading=_("Tables I imported"),
    person="started_by_id",
    rows=Rows.UNLINKED,
    reason=_("It says where the organization's rows come from."),
    facts=["kind", "file_name", "row_count", "created_at"],
    impersonal=["status", "options", "columns"],
)
declare(
    BulkRow,
    heading=_("Rows about me in imported tables"),
    person="person_id",
    rows=Rows.GO,
    facts=["number", "outcome", "result"],
    personal=["cells", "title", "does", "changes", "problems"],
)
