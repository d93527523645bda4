"""Jobs of this app."""

from uuid import UUID

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.task(queue="default", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def issue_certificate(organization_id: str, enrollment_id: str):
    """The certificate of a completion that was just committed."""
    from certificates import services  # noqa: PLC0415 -- models must be loaded first

    with organization_context(UUID(organization_id)):
        services.issue(UUID(enrollment_id), now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queue="default", queueing_lock="issue_missing_certificates", pass_context=False)
def issue_missing_certificates(timestamp: int):
    """What courses owe: to those who completed one before it gave certificates."""
    from certificates import services  # noqa: PLC0415 -- models must be loaded first

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            services.issue_missing(now=timezone.now())
