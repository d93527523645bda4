"""What this app writes to people."""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr, parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from tenancy.context import require_organization_id
from tenancy.links import organization_origin
from tenancy.models import Organization
from users.models import User
from users.outbox import queue_mail
from users.time_zones import as_read_by

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Farewell:
    """The last mail to somebody, written before their address is forgotten and kept in no table."""

    sender: str
    recipient: str
    subject: str
    text: str


def tell_ready(person: User, *, until: datetime) -> None:
    """Tell somebody that their copy waits for them; it opens for them alone, after signing in."""
    _queue(person, "export_ready", until=until)


def tell_rejected(person: User, *, answer: str) -> None:
    """Tell somebody why they are not forgotten."""
    _queue(person, "erasure_rejected", answer=answer)


def farewell_to(person: User) -> Farewell:
    with as_read_by(person):
        context = {"person": person, "organization": _organization()}
        return Farewell(
            sender=formataddr(
                (context["organization"].name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
            ),
            recipient=person.email,
            subject=_subject("erasure_done", context),
            text=render_to_string("privacy/mail/erasure_done_message.txt", context).strip() + "\n",
        )


def send_farewell(farewell: Farewell, proof: str) -> None:
    """Send it past the outbox, which would remember the address; a failing mail server is logged alone."""
    message = EmailMessage(
        farewell.subject, farewell.text, from_email=farewell.sender, to=[farewell.recipient]
    )
    message.attach("proof.txt", proof, "text/plain")
    try:
        message.send()
    except (SMTPException, OSError):
        logger.exception("The mail about an erasure could not be sent.")


def _queue(person, name, **context):
    with as_read_by(person):
        page = f"{organization_origin()}{reverse('privacy:overview')}"
        context |= {"person": person, "organization": _organization(), "page": page}
        queue_mail(
            recipient=person.email,
            user=person,
            subject=_subject(name, context),
            text=render_to_string(f"privacy/mail/{name}_message.txt", context).strip() + "\n",
            html=render_to_string(f"privacy/mail/{name}_message.html", context),
        )


def _subject(name, context):
    subject = " ".join(render_to_string(f"privacy/mail/{name}_subject.txt", context).split())
    return f"{subject} · {context['organization'].name}"


def _organization():
    return Organization.objects.get(pk=require_organization_id())
