"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from progress import services
from tenancy.context import organization_context
from tenancy.services import organization_ids


@app.periodic(cron="*/2 * * * *")
@app.task(queue="default", queueing_lock="rederive", pass_context=False)
def rederive_changed_courses(timestamp: int):
    """Derive progress anew where a course got or lost lessons since; the numbers of one at a time."""
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            services.rederive_due(now=timezone.now())
