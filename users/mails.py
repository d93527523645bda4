"""Mails about an account: a template in the person's language and time zone, put into the outbox."""

from django.template.loader import render_to_string

from tenancy.context import require_organization_id
from tenancy.links import organization_origin
from tenancy.models import Organization
from users.models import Mail, User
from users.outbox import queue_mail
from users.time_zones import as_read_by


def send(template: str, user: User, **context) -> Mail:
    """Write `<template>_subject.txt`, `_message.txt` and `_message.html` to the person.

    The templates also get the organization, the person, and `origin`, where the reader finds the site.
    """
    organization = Organization.objects.get(pk=require_organization_id())
    context |= {"organization": organization, "origin": organization_origin(), "user": user}
    with as_read_by(user):
        return write(template, recipient=user.email, user=user, context=context)


def write(template: str, *, recipient: str, user: User | None, context: dict) -> Mail:
    """Render a mail in the language and time zone that are active, and put it into the outbox."""
    subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
    return queue_mail(
        recipient=recipient,
        user=user,
        subject=f"{subject} · {context['organization'].name}",
        text=render_to_string(f"{template}_message.txt", context).strip() + "\n",
        html=render_to_string(f"{template}_message.html", context),
    )
