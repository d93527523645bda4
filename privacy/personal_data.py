"""What is personal in people's wishes about their data."""

from django.utils.translation import gettext_lazy as _

from privacy.models import DataExport, ErasureRequest, RetentionPolicy
from tenancy.personal import Rows, declare, nothing_personal

declare(
    DataExport,
    heading=_("Copies of my data"),
    person="person_id",
    rows=Rows.GO,
    facts=["created_at", "requested_by", "status", "size", "finished_at", "expires_at"],
    personal=["file"],
    withheld={"file": _("A copy does not hold the copies before it.")},
)
declare(
    ErasureRequest,
    heading=_("My wishes to be forgotten"),
    person="person_id",
    reason=_("It proves that the erasure was asked for and done."),
    facts=["created_at", "status", "decided_by", "decided_at", "done_at", "records_until"],
    personal=["reason", "answer"],
    impersonal=["proof", "proof_hash"],
)
nothing_personal(RetentionPolicy, reason=_("How long an organization keeps what."))
