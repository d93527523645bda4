"""Jobs of this app."""

from django.utils import timezone
from procrastinate.contrib.django import app

from content.services.leftovers import delete_leftovers


@app.periodic(cron="7 4 * * *")
@app.task(queue="maintenance", pass_context=False)
def sweep_files(timestamp: int):
    """Every night: delete files that no row names any more."""
    delete_leftovers(now=timezone.now())
