"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from agenda import reminders
from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.periodic(cron="10 * * * *")
@app.task(queue="default", queueing_lock="remind", pass_context=False)
def remind_of_dates(timestamp: int):
    """Every hour, so that a reminder comes a day before, to an hour."""
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            reminders.remind(now=timezone.now())
