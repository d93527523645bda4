"""How drafts and versions are kept, whatever it is that is written: a course, a lesson or an item."""

from datetime import datetime
from typing import Any

from django.db.models import Manager, Model
from django.utils.translation import gettext as _

from courses.models.draft import Draft, Version
from users.models import User


class DraftChanged(Exception):  # noqa: N818 -- no error: somebody else saved meanwhile
    """The draft is not the one that was started from; `draft` is what it says now, None if it is gone."""

    def __init__(self, draft: Draft | None):
        super().__init__(_("Somebody else changed this meanwhile."))
        self.draft = draft


def require_revision(draft: Draft | None, revision: int) -> None:
    """Raise DraftChanged unless the draft is the one that was started from; 0 is that of none."""
    if (draft.revision if draft else 0) != revision:
        raise DraftChanged(draft)


def save_draft(draft: Draft, *, by: User | None, now: datetime) -> Draft:
    """Store what was changed in a draft, a new one has revision 0, as its next revision."""
    is_new = draft.revision == 0
    draft.revision += 1
    draft.edited_by, draft.edited_at = by, now
    draft.save(force_insert=is_new)
    return draft


def changed_words(thing: Model, draft: Draft | None, words: dict[str, Any]) -> dict[str, Any]:
    """What differs from the published words of a thing, with those that wait in its draft already."""
    changes = {**(draft.changes if draft else {}), **words}
    return {name: value for name, value in changes.items() if getattr(thing, name) != value}


def save_words(
    draft: Draft | None, changes: dict[str, Any], *, begin, by: User | None, now: datetime
) -> Draft | None:
    """Keep changed words in a draft, that of `begin()` where there is none yet; None where nothing differs."""
    if not changes:
        if draft is not None:
            draft.delete()
        return None
    if draft is not None and draft.changes == changes:
        return draft
    draft = draft or begin()
    draft.changes = changes
    return save_draft(draft, by=by, now=now)


def keep_version(
    versions: Manager, snapshot: dict[str, Any], *, by: User | None, note: str = ""
) -> Version | None:
    """Remember a published state as the next version; None where the last one says the same.

    The caller holds the thing that the versions are of.
    """
    last = versions.order_by("-number").first()
    if last is not None and last.snapshot == snapshot:
        return None
    number = 1 if last is None else last.number + 1
    return versions.create(number=number, snapshot=snapshot, note=note, created_by=by)


def last_number(versions: Manager) -> int:
    """The number of the last version, 0 where there is none."""
    return versions.order_by("-number").values_list("number", flat=True).first() or 0
