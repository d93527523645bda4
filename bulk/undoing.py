"""That a table was sent in stays told when what it did is undone."""

from activity import undo_registry
from bulk.models import BulkUpload

undo_registry.register_history(BulkUpload)
