"""Invitations by mail: sent, sent again, revoked, and taken up."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from courses.models import Course
from enrollments.models import Enrollment, Invitation
from tenancy.context import require_organization_id
from tenancy.links import organization_origin
from tenancy.models import Organization
from users import mails
from users.models import User
from users.time_zones import as_read_by

VALID_FOR = timedelta(days=14)
MAIL = "enrollments/mail/invitation"


class InvitationGone(Exception):
    """The invitation was taken up or revoked already."""


class Invited(NamedTuple):
    """What became of a list of addresses: those that got a mail, had one already, and are on the course."""

    sent: list[Invitation]
    waiting: list[str]
    on_course: list[str]


@transaction.atomic
def invite(course: Course, addresses: Iterable[str], *, by, now: datetime) -> Invited:
    """Mail an invitation to each address in lower case that has none waiting and is not on the course yet.

    Repeating it sends nothing twice: the database keeps one waiting invitation per address and course.
    """
    addresses = list(dict.fromkeys(addresses))
    on_course = _on_course(course, addresses)
    _clear_outdated(course, addresses, now=now)
    known = Invitation.objects.waiting().filter(course=course, email__in=addresses)
    waiting = set(known.values_list("email", flat=True))
    wanted = [
        (_unsent(course, email, secret, by=by, now=now), secret)
        for email in addresses
        if email not in on_course and email not in waiting
        for secret in [_new_secret()]
    ]
    Invitation.objects.bulk_create([row for row, _secret in wanted], ignore_conflicts=True)
    stored = set(
        Invitation.objects.filter(pk__in=[row.pk for row, _secret in wanted]).values_list(
            "pk", flat=True
        )
    )
    sent = [(row, secret) for row, secret in wanted if row.pk in stored]
    _send_mails(course, sent, by=by)
    return Invited([row for row, _secret in sent], sorted(waiting - on_course), sorted(on_course))


@transaction.atomic
def resend(course: Course, invitation_id: UUID, *, by, now: datetime) -> Invitation:
    """Mail a new link, valid from now on; the former one is dead. Raises InvitationGone, Invitation.DoesNotExist."""
    invitation = _locked(course, invitation_id)
    secret = _new_secret()
    invitation.secret_hash = hash_of(secret)
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.save(update_fields=["secret_hash", "sent_at", "expires_at"])
    _send_mails(course, [(invitation, secret)], by=by)
    return invitation


@transaction.atomic
def revoke(course: Course, invitation_id: UUID, *, now: datetime) -> Invitation:
    """Let nobody in by it any more. Raises InvitationGone, Invitation.DoesNotExist."""
    invitation = _locked(course, invitation_id)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    return invitation


def find_by_secret(secret: str) -> Invitation | None:
    """The invitation whose mail has this link, in whatever state it is; None for another secret."""
    found = Invitation.objects.select_related("course")
    return found.filter(secret_hash=hash_of(secret)).first()


def use_up(invitation_id: UUID, student, *, now: datetime) -> bool:
    """Mark an invitation as taken up; False where it was taken up or revoked in the meantime."""
    waiting = Invitation.objects.waiting().filter(pk=invitation_id)
    return bool(waiting.update(accepted_at=now, accepted_by=student))


def hash_of(secret: str) -> str:
    """What is kept of the secret in a link."""
    return sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _new_secret():
    return secrets.token_urlsafe(32)


def _on_course(course, addresses):
    places = Enrollment.objects.filter(course=course).holding_seats()
    return set(places.filter(student__email__in=addresses).values_list("student__email", flat=True))


def _clear_outdated(course, addresses, *, now):
    """An invitation whose time is over makes room for another one."""
    waiting = Invitation.objects.waiting().filter(course=course, email__in=addresses)
    waiting.filter(expires_at__lte=now).update(revoked_at=now)


def _unsent(course, email, secret, *, by, now):
    return Invitation(
        course=course,
        email=email,
        secret_hash=hash_of(secret),
        invited_by=by,
        sent_at=now,
        expires_at=now + VALID_FOR,
    )


def _locked(course, invitation_id):
    rows = Invitation.objects.select_for_update(of=("self",))
    invitation = rows.get(pk=invitation_id, course=course)
    if invitation.accepted_at is not None:
        raise InvitationGone(_("This invitation has been taken up already."))
    if invitation.revoked_at is not None:
        raise InvitationGone(_("This invitation has been revoked."))
    return invitation


def _send_mails(course, sent, *, by):
    """To each address in the language of its account, where it has one, else in that of the page."""
    organization = Organization.objects.get(pk=require_organization_id())
    origin = organization_origin()
    people = User.objects.active().filter(email__in=[row.email for row, _secret in sent])
    accounts = {person.email: person for person in people}
    for invitation, secret in sent:
        user = accounts.get(invitation.email)
        with as_read_by(user or User(), language=get_language()):
            context = {
                "organization": organization,
                "origin": origin,
                "user": user,
                "course": course,
                "email": invitation.email,
                "inviter": by.display_name if by else organization.name,
                "expires_at": invitation.expires_at,
                "invitation_url": origin + reverse("enrollments:invitation", args=[secret]),
            }
            mails.write(MAIL, recipient=invitation.email, user=user, context=context)
