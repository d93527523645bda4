"""Jobs of this app."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids

VIDEO_ATTEMPTS = 3


@app.periodic(cron="7 4 * * *")
@app.task(queue="maintenance", pass_context=False)
def sweep_files(timestamp: int):
    """Every night: delete files that no row names any more."""
    from content.services.leftovers import delete_leftovers  # noqa: PLC0415 -- services defer jobs of this module

    delete_leftovers(now=timezone.now())


@app.task(
    queue="default", retry=RetryStrategy(max_attempts=VIDEO_ATTEMPTS, wait=30), pass_context=True
)
def process_video(context, organization_id: str, video_id: str):
    """Look into a video's file; where it cannot be read now, again half a minute later."""
    from content.services import videos  # noqa: PLC0415 -- services defer this very job

    is_last = context.job.attempts + 1 >= VIDEO_ATTEMPTS
    with organization_context(organization_id):
        videos.process_video(video_id, is_last=is_last, now=timezone.now())


@app.task(queue="default", pass_context=False)
def run_transfer(organization_id: str, transfer_id: str):
    """Export or import a course."""
    from content.services import transfers  # noqa: PLC0415 -- services defer this very job

    transfers.run_transfer(organization_id, transfer_id, now=timezone.now)


@app.periodic(cron="37 * * * *")
@app.task(queue="maintenance", pass_context=False)
def sweep_transfers(timestamp: int):
    """Every hour: drop archives of exports whose days are over, and give up transfers that nobody finishes."""
    from content.services import transfers  # noqa: PLC0415 -- services defer jobs of this module

    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            transfers.sweep_transfers(now=timezone.now())
