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
from users.models import User


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


def tell_admins(asked: ErasureRequest, *, now: datetime) -> None:
    """Tell the admins that somebody waits; without the name, which their notifications would keep."""
    admins = User.objects.active().filter(role=User.Role.ADMIN).exclude(pk=asked.person_id)
    source, facts = f"erasure:{asked.pk}", {"request": str(asked.pk)}
    notify(admins.values_list("pk", flat=True), ERASURE_ASKED, source=source, facts=facts, now=now)
