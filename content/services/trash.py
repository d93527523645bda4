"""Deleting for good what lies in the trash."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from content.models import ContentItem, LearningPath, MediaAsset
from content.services.outline import Part
from tenancy.context import acting_for_everyone


class KeptInTrash(ValueError):
    """Something else depends on it, or it is not in the trash; the message says so."""


@transaction.atomic
def purge_row(row: Part | ContentItem | MediaAsset | LearningPath, *, by, now: datetime) -> None:
    """Delete a module, lesson, content item, file or learning path of the trash for good, with its parts.

    Files are swept up at night once no row names them. Locks the row. Raises KeptInTrash for what is not in
    the trash, what students have worked on, and what something else still shows.
    """
    locked = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if locked is None:
        return
    title = {"title": locked.title}
    if locked.deleted_at is None:
        raise KeptInTrash(_("“%(title)s” is not in the trash.") % title)
    try:
        with transaction.atomic(), acting_for_everyone():
            locked.delete()
    except ProtectedError as error:
        raise KeptInTrash(
            _("“%(title)s” stays in the trash, because records or other content depend on it.")
            % title
        ) from error
