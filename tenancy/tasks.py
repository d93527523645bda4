"""Jobs of this app."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.models import IdempotencyKey
from tenancy.services import organization_ids

KEYS_KEPT = timedelta(days=2)  # longer than anyone waits before sending a form again


@app.periodic(cron="17 3 * * *")
@app.task(queue="maintenance", pass_context=False)
def clean_up_tenancy(timestamp: int):
    """Every night: forget answered forms, and make the audit log's tables for the months to come."""
    before = timezone.now() - KEYS_KEPT
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            IdempotencyKey.objects.filter(created_at__lt=before).delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_ensure_partitions()")
