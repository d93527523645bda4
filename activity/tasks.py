"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from activity import trash
from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.periodic(cron="23 4 * * *")
@app.task(queue="maintenance", pass_context=False)
def empty_trash(timestamp: int):
    """Every night: delete for good what has been in the trash for thirty days."""
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            trash.empty_trash(now=timezone.now())
