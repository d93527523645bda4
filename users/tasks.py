"""Jobs of this app."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from tenancy.context import organization_context
from tenancy.services import organization_ids
from users.models import Mail

MAILS_KEPT = timedelta(days=30)  # they carry links and names, and nobody reads them twice


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def send_mail(organization_id: str, mail_id: str):
    from users import outbox  # noqa: PLC0415 -- outbox defers this very job

    with organization_context(organization_id):
        outbox.send_mail(mail_id, now=timezone.now())


@app.task(queue="mail", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def tell_of_lockout(organization_id: str, lockout_id: str):
    from users import lockout  # noqa: PLC0415 -- lockout defers this very job

    with organization_context(organization_id):
        lockout.mail_release_link(lockout_id, now=timezone.now())


@app.periodic(cron="41 3 * * *")
@app.task(queue="maintenance", pass_context=False)
def clean_up_accounts(timestamp: int):
    """Every night: remove expired sessions with their devices, mails sent long ago, and failures at the doors."""
    from users import lockout, sessions  # noqa: PLC0415 -- lockout defers a job of this module

    now = timezone.now()
    for organization_id, _slug in list(organization_ids()):
        with organization_context(organization_id):
            Session.objects.filter(expire_date__lt=now).delete()
            Mail.objects.filter(sent_at__lt=now - MAILS_KEPT).delete()
            lockout.sweep(now=now)
            sessions.sweep(now=now)
