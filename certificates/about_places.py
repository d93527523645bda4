"""What the page about somebody's place on a course tells of their certificates."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import Certificate
from enrollments.about import Fact
from enrollments.models import Enrollment
from lib.jinja import date


def certificates_of(enrollment: Enrollment, viewer) -> Iterator[Fact]:
    """A line for each certificate, the newest first, that leads to it. One query."""
    found = Certificate.objects.filter(enrollment=enrollment).order_by("-issued_at", "-id")
    for certificate in found:
        values = {
            "day": date(certificate.issued_at),
            "state": certificate.state.label,
        }
        text = _("issued on %(day)s · %(state)s") % values
        url = reverse(
            "certificates:course_certificate", args=[enrollment.course.slug, certificate.pk]
        )
        yield Fact(_("Certificate"), text, url)
