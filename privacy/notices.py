"""What those who decide on erasures are told."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Kind, Message
from notifications.models import Cadence
from notifications.services import notify
from privacy.models import ErasureRequest
from privacy.permissions import can_decide
from users.models import Permission
from users.permissions import holders_of


def _asked(facts):
    return Message(
        _("Somebody asks to be forgotten."),
        _("The law expects an answer within a month."),
        reverse("privacy:erasure", args=[facts["request"]]),
    )


ERASURE_ASKED = Kind(
    "privacy.erasure_asked",
    gettext_lazy("Somebody asks to be forgotten"),
    _asked,
    Cadence.DAILY,
    is_for=can_decide,
)


def tell_deciders(asked: ErasureRequest, *, now: datetime) -> None:
    """Tell those who may decide that somebody waits; without the name, which their notifications would keep."""
    deciders = holders_of(Permission.PRIVACY_DECIDE) - {asked.person_id}
    source, facts = f"erasure:{asked.pk}", {"request": str(asked.pk)}
    notify(deciders, ERASURE_ASKED, source=source, facts=facts, now=now)
