"""Jobs of this app."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from enrollments.notices import tell_teachers_of_day
from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.periodic(cron="20 0 * * *")
@app.task(queue="default", pass_context=False)
def tell_teachers_of_yesterday(timestamp: int):
    """Every night: who joined and completed which course."""
    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            tell_teachers_of_day(now.date() - timedelta(days=1), now=now)
