"""What students are told of their certificates."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Certificate
from certificates.signals import certificate_issued, certificate_revoked
from lib.events import listens_to
from notifications.kinds import Kind, Message, declare
from notifications.models import Cadence
from notifications.services import notify


def _issued(facts):
    values = {"course": facts["title"]}
    title = _("Your certificate for “%(course)s” is ready") % values
    text = _("Download it, and decide what those who check it see of you.")
    if facts["is_new_version"]:
        title = _("Your certificate for “%(course)s” was issued anew") % values
        text = _("The former one no longer holds.")
    return Message(title, text, _page(facts))


def _revoked(facts):
    title = _("Your certificate for “%(course)s” was revoked") % {"course": facts["title"]}
    return Message(title, facts["reason"], _page(facts))


def _page(facts):
    return reverse("certificates:detail", args=[facts["certificate"]])


ISSUED = declare(
    Kind("certificate.issued", gettext_lazy("I get a certificate"), _issued, Cadence.NOW)
)
REVOKED = declare(
    Kind(
        "certificate.revoked",
        gettext_lazy("A certificate of mine is revoked"),
        _revoked,
        Cadence.NOW,
    )
)


@listens_to(certificate_issued)
def tell_of_certificate(sender, *, certificate, at, **facts):
    _tell(ISSUED, certificate, at, is_new_version=certificate.replaces_id is not None)


@listens_to(certificate_revoked)
def tell_of_revocation(sender, *, certificate, at, **facts):
    _tell(REVOKED, certificate, at, reason=certificate.revocation_reason)


def _tell(kind, certificate: Certificate, at, **facts):
    notify(
        [certificate.student_id],
        kind,
        source=f"certificate:{certificate.pk}:{at.isoformat()}",
        facts={"title": certificate.course_title, "certificate": str(certificate.pk)} | facts,
        now=at,
    )
