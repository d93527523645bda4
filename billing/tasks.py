"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from billing import services
from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.periodic(cron="10 0 * * *")
@app.task(queue="default", queueing_lock="billing.roll_over", pass_context=False)
def roll_over_subscriptions(timestamp: int):
    """Every night: bill next periods, end what is over, and let places on courses follow."""
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            services.roll_over(now=timezone.now())
