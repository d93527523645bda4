"""Jobs of this app."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.models import IdempotencyKey
from tenancy.retention import AUDIT_LOG, SECURITY_LOG, prune_log
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


@app.periodic(cron="47 3 2 * *")
@app.task(queue="maintenance", pass_context=False)
def prune_logs(timestamp: int):
    """On the second of every month: drop the months of the logs that are no longer kept."""
    kept = {AUDIT_LOG: settings.AUDIT_LOG_MONTHS, SECURITY_LOG: settings.SECURITY_LOG_MONTHS}
    for log, months in kept.items():
        if months:
            prune_log(log, months_kept=months)
