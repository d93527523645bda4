"""What is personal in this app's tables, and in those of the frameworks that belong to nobody else."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)

from tenancy.models import (
    AuditEntry,
    Domain,
    IdempotencyKey,
    MissedEvent,
    Organization,
    SecurityEvent,
)
from tenancy.personal import Rows, declare, nothing_personal

ABOUT_THE_SITE = _("It tells about the site, not about people.")
LOG_STAYS = _("That something happened stays on record; what it said about the person goes.")


def events_about(user_id):
    """Missed events whose facts or error name the person."""
    named = str(user_id)
    return MissedEvent.objects.filter(Q(facts__icontains=named) | Q(error__icontains=named))


nothing_personal(
    Organization,
    "name",
    "slug",
    "brand_color",
    "logo",
    "contact_email",
    "contact_phone",
    "contact_address",
    "settings",
    reason=_("It tells about the organization and how to reach it."),
)
nothing_personal(Domain, "host", reason=_("It tells about the organization and how to reach it."))
declare(
    IdempotencyKey,
    heading=_("Forms that were answered"),
    find=lambda user_id: IdempotencyKey.objects.filter(scope__startswith=f"{user_id}:"),
    rows=Rows.GO,
    personal=["scope", "location"],
    facts=["created_at"],
)
declare(
    MissedEvent,
    heading=_("Events that were missed"),
    find=events_about,
    rows=Rows.GO,
    personal=["facts", "error"],
    facts=["listener", "created_at"],
    withheld={
        "facts": _("It holds ids alone, of others as well."),
        "error": _("A message for those who run the site."),
    },
    impersonal=["sender"],
)
declare(
    AuditEntry,
    heading=_("What was changed"),
    person="actor_id",
    is_log=True,
    reason=LOG_STAYS,
    facts=["at", "operation", "table_name"],
    personal=["client_ip", "before", "after"],
)
declare(
    SecurityEvent,
    heading=_("Security log"),
    person="user_id",
    is_log=True,
    reason=LOG_STAYS,
    facts=["at", "kind"],
    personal=["client_ip", "details"],
)
nothing_personal(
    ProcrastinateJob,
    "queue_name",
    "task_name",
    "lock",
    "args",
    "queueing_lock",
    reason=_("A job carries ids alone."),
)
nothing_personal(ProcrastinateEvent, reason=ABOUT_THE_SITE)
nothing_personal(ProcrastinatePeriodicDefer, "task_name", "periodic_id", reason=ABOUT_THE_SITE)
nothing_personal(ProcrastinateWorker, reason=ABOUT_THE_SITE)
nothing_personal(ContentType, "app_label", "model", reason=ABOUT_THE_SITE)
nothing_personal(Permission, "name", "codename", reason=ABOUT_THE_SITE)
nothing_personal(Group, "name", reason=ABOUT_THE_SITE)
