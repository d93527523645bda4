"""What this app tells the floors below: a section in the studio, and what their pages may ask."""

from django.utils.translation import gettext_lazy as _

from certificates.about_places import certificates_of
from certificates.models import Certificate
from certificates.permissions import SEE
from courses.studio import sections
from enrollments import about
from lib import jinja

SECTION = sections.Section(
    "certificates",
    _("Certificates"),
    "award",
    sections.Group.PEOPLE,
    50,
    SEE,
    sections.by_slug("certificates:course_list"),
)


def own_certificate(user, course_id) -> Certificate | None:
    """For templates: the person's certificate of a course that holds. One query."""
    return Certificate.objects.valid().filter(student=user, course=course_id).first()


def install():
    sections.register(SECTION)
    about.register(certificates_of)
    jinja.register("own_certificate", own_certificate)
