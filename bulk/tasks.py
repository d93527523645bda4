"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.task(queue="default", pass_context=False)
def check_upload(organization_id: str, upload_id: str):
    """Find out what would follow from a table."""
    from bulk import services  # noqa: PLC0415 -- services defer this very job

    services.check_upload(organization_id, upload_id, now=timezone.now)


@app.task(queue="default", pass_context=False)
def run_upload(organization_id: str, upload_id: str):
    """Carry out a table that was confirmed."""
    from bulk import services  # noqa: PLC0415 -- services defer this very job

    services.run_upload(organization_id, upload_id, now=timezone.now)


@app.periodic(cron="*/10 * * * *")
@app.task(queue="maintenance", pass_context=False)
def wake_uploads(timestamp: int):
    """Every ten minutes: go on with tables whose worker has died."""
    from bulk import services  # noqa: PLC0415 -- services defer jobs of this module

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            services.wake_uploads(now=timezone.now())
