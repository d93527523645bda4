"""Jobs of this app."""

from uuid import UUID

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


@app.task(queue="default", pass_context=False)
def count_path(organization_id: str, path_id: str):
    """How far everybody on a learning path is, after its steps changed."""
    from progress import paths  # noqa: PLC0415 -- it defers this job

    with organization_context(UUID(organization_id)):
        paths.count_people_on(UUID(path_id), now=timezone.now())
