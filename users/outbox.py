"""Mails are written with the event they tell of, and sent by the worker once it is committed."""

from datetime import datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from tenancy.context import require_organization_id
from tenancy.models import Organization
from users import tasks
from users.models import Mail, User


@transaction.atomic
def queue_mail(
    *,
    recipient: str,
    subject: str,
    text: str,
    html: str = "",
    user: User | None = None,
    unsubscribe_url: str = "",
) -> Mail:
    """Write a mail into the outbox and ask the worker to send it; both happen only if the caller commits.

    A POST to `unsubscribe_url` ends mails of this kind; mail programs show a button for it (RFC 8058).
    """
    mail = Mail.objects.create(
        recipient=recipient,
        user=user,
        subject=subject[:255],
        text=text,
        html=html,
        unsubscribe_url=unsubscribe_url,
    )
    tasks.send_mail.defer(organization_id=str(require_organization_id()), mail_id=str(mail.pk))
    return mail


def send_mail(mail_id: str, *, now: datetime) -> bool:
    """Send a mail of the outbox, once: a repeat finds `sent_at` set. False if there was nothing to send.

    Locks the mail's row; an error of the mail server is raised, and the job is tried again later. Should
    the machine stop between the sending and the commit, the repeat carries the same Message-ID.
    """
    mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at__isnull=True).first()
    if mail is None:
        return False
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name = Organization.objects.values_list("name", flat=True).get(pk=mail.organization_id)
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        from_email=formataddr((name, address)),
        to=[mail.recipient],
        headers=_headers(mail, address),
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()
    mail.sent_at = now
    mail.save(update_fields=["sent_at"])
    return True


def _headers(mail, address):
    headers = {"Message-ID": f"<{mail.pk}@{address.rpartition('@')[2] or 'localhost'}>"}
    if mail.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
