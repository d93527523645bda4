"""What this app tells the floors below: whether a course is paid for, and what stands in the account's settings."""

from django.utils.translation import gettext_lazy as _

from billing.about_places import invoices_of
from billing.entitlements import entitlements_of
from billing.permissions import can_manage_billing
from enrollments import about
from enrollments.decisions import asks
from lib import jinja
from lib.decisions import Reason
from users import settings_sections


def is_entitled(standing, now) -> Reason | None:
    """The objection to enrolling without having paid, with the next step. One query; none for a free course."""
    decision = entitlements_of(standing, now=now)
    if decision:
        return None
    first = decision.reason
    return Reason(first.code, decision.message, first.url, first.url_label)


def install():
    asks("payment")(is_entitled)
    about.register(invoices_of)
    settings_sections.register("payments", _("Payments"), "billing:overview", position=60)
    jinja.register("can_manage_billing", can_manage_billing)
