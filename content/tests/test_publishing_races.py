"""Two who save the same draft at once: one of them is told."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from content.models import ItemDraft
from content.services import items, publishing
from courses.services.drafting import DraftChanged
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization

WHO = {"by": None, "now": timezone.now()}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told():
    school = found_organization("Harbor School", "harbor", host="harbor.localhost")
    with organization_context(school):
        item = items.add_item(kind="text", title="Trees", **WHO)
    told, kept, start = [], [], threading.Barrier(2)

    def save(text):
        start.wait(timeout=60)
        try:
            with organization_context(school), transaction.atomic():
                kept.append(publishing.save_item_draft(item, revision=0, body=text, **WHO).body)
        except DraftChanged as changed:
            told.append(changed.draft.body)
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=[text]) for text in ("One.", "Two.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(kept) == 1
    assert told == kept
    with organization_context(school):
        assert ItemDraft.objects.get().body == kept[0]
