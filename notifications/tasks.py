"""Jobs of this app."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def mail_notification(organization_id: str, notification_id: str):
    from notifications import delivery  # noqa: PLC0415 -- delivery builds on the services that defer this job

    with organization_context(organization_id):
        delivery.mail_at_once(notification_id, now=timezone.now())


@app.periodic(cron="5 * * * *")
@app.task(queue="mail", pass_context=False)
def send_digests(timestamp: int):
    """Every hour: somewhere it is morning."""
    from notifications import delivery  # noqa: PLC0415 -- delivery builds on the services that defer jobs

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            delivery.send_digests(now=timezone.now())
