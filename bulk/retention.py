"""Tables that were sent in name people; they are kept a month, for those who want to see what came of them.

Whose columns nobody has chosen hold all that the file said, also what is not read: they go after a day.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulk.models import BulkUpload
from privacy import retention

KEPT = timedelta(days=30)
KEPT_UNCHOSEN = timedelta(days=1)


def clear_uploads(policy, now: datetime, is_rehearsal: bool) -> int:
    """Delete tables that are older, or in a rehearsal count them."""
    unchosen = Q(status=BulkUpload.Status.CHOOSING, created_at__lt=now - KEPT_UNCHOSEN)
    over = BulkUpload.objects.filter(unchosen | Q(created_at__lt=now - KEPT))
    if is_rehearsal:
        return over.count()
    return over.delete()[1].get(BulkUpload._meta.label, 0)


def install():
    retention.register("imported tables", _("Imported tables"), clear_uploads)
