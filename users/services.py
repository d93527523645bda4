"""Changes to accounts, and the outbox of mails."""

from datetime import datetime

from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from tenancy.context import require_organization_id
from users import tasks
from users.models import Mail, User


def is_username_taken(username: str) -> bool:
    """Whether somebody of the organization has this username, in whatever case."""
    return User.objects.filter(username__iexact=username).exists()


@transaction.atomic
def queue_mail(
    *, recipient: str, subject: str, text: str, html: str = "", user: User | None = None
) -> Mail:
    """Write a mail into the outbox and ask the worker to send it; both happen only if the caller commits."""
    mail = Mail.objects.create(
        recipient=recipient, user=user, subject=subject[:255], text=text, html=html
    )
    tasks.send_mail.defer(organization_id=str(require_organization_id()), mail_id=str(mail.pk))
    return mail


def send_mail(mail_id: str, *, now: datetime) -> bool:
    """Send a mail of the outbox, once: a repeat finds `sent_at` set. False if there was nothing to send.

    Locks the mail's row; an error of the mail server is raised, and the job is tried again later.
    """
    mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at__isnull=True).first()
    if mail is None:
        return False
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.recipient])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
    mail.sent_at = now
    mail.save(update_fields=["sent_at"])
    return True
