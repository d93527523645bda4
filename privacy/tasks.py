"""Jobs of this app."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.task(queue="default")
def make_export(organization_id: str, export_id: str):
    from privacy import services  # noqa: PLC0415 -- services defer this very job

    services.make_export(organization_id, export_id, now=timezone.now())


@app.task(queue="default", retry=RetryStrategy(max_attempts=5, wait=60))
def carry_out_erasure(organization_id: str, request_id: str):
    from privacy import services  # noqa: PLC0415 -- services defer this very job

    with organization_context(organization_id):
        services.carry_out_erasure(request_id, now=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(queue="maintenance", pass_context=False)
def sweep_exports(timestamp: int):
    """Every hour: delete copies of personal data whose days are over."""
    from privacy import services  # noqa: PLC0415 -- services defer jobs of this module

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            services.sweep_exports(now=timezone.now())


@app.periodic(cron="11 4 * * *")
@app.task(queue="maintenance", pass_context=False)
def apply_retention(timestamp: int):
    """Every night: delete what the organizations no longer keep."""
    from privacy import retention  # noqa: PLC0415 -- models must be loaded first

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            retention.apply(now=timezone.now())
