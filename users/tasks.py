"""Jobs of this app."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_mail(organization_id: str, mail_id: str):
    from users import services  # noqa: PLC0415 -- services defers this very job

    with organization_context(organization_id):
        services.send_mail(mail_id, now=timezone.now())
