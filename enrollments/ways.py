"""How somebody may come onto a course that is not open to all: by a list of addresses, or by an invitation."""

import json
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from enrollments.models import Invitation, PreApproval

INVITATION, ADDRESS, CODE = "invitation", "address", "code"


class WayIn(NamedTuple):
    """What lets somebody in: who answers for it, until when, and the invitation that it uses up, if it is one."""

    kind: str
    by_id: UUID | None
    invitation_id: UUID | None = None
    expires_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at

    @property
    def reason(self) -> str:
        """For the history of the enrollment."""
        texts = {
            INVITATION: _("By invitation."),
            ADDRESS: _("By the list of addresses."),
            CODE: _("By a join code."),
        }
        return texts[self.kind]


def way_from(text: str | None) -> WayIn | None:
    """A way in, as the statement of a standing tells it in JSON; None where there is none."""
    if text is None:
        return None
    told = json.loads(text)
    return WayIn(
        told["kind"],
        told["by"] and UUID(told["by"]),
        told["id"] and UUID(told["id"]),
        told["expires_at"] and datetime.fromisoformat(told["expires_at"]),
    )


def proven_addresses(user) -> list[str]:
    """The person's address and its domain, as lists name them; none while they have not shown that they read its mail."""
    if user is None or user.email_verified_at is None:
        return []
    email = user.email.lower()
    return [email, domain_of(email)]


def domain_of(email: str) -> str:
    """The domain of an address as lists name it: "@example.org"."""
    return email[email.rindex("@") :]


def courses_open_to(user) -> Q:
    """The condition for courses that a person sees because they are invited, or on a list. No query of its own."""
    addresses = proven_addresses(user)
    if not addresses:
        return Q()
    invited = Invitation.objects.waiting().filter(email=addresses[0]).values("course")
    listed = PreApproval.objects.filter(value__in=addresses).values("course")
    return Q(status="published") & (Q(pk__in=invited) | Q(pk__in=listed))
