"""Which design holds for a course, and what a certificate takes from it."""

from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import translation

from certificates.models import CertificateDesign, Look
from certificates.wording import usual_texts
from courses.models import Course
from tenancy.models import Organization

#: The product's own colour, for organizations without one.
USUAL_COLOR = "#0B6B63"
LOOKS = tuple(field.name for field in Look._meta.get_fields())


def design_of(course_id: UUID) -> CertificateDesign:
    """The course's own design, else the organization's, else an unsaved one that is silent. One query."""
    of_course = F("course").asc(nulls_last=True)
    designs = CertificateDesign.objects.filter(Q(course=course_id) | Q(course__isnull=True))
    return designs.order_by(of_course).first() or CertificateDesign()


def default_design() -> CertificateDesign:
    """The organization's, else an unsaved one that is silent. One query."""
    return CertificateDesign.objects.filter(course__isnull=True).first() or CertificateDesign()


def language_of(course: Course) -> str:
    """The language in which the course's certificates are written: its own where the product speaks it."""
    language = course.language.split("-")[0].lower()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def complete_look(design: Look, *, organization: Organization, language: str) -> dict:
    """All values of a look, with the usual ones where the design is silent."""
    look = {name: getattr(design, name) for name in LOOKS}
    look["color"] = look["color"] or organization.brand_color or USUAL_COLOR
    with translation.override(language):
        usual = usual_texts()
    return look | {name: look[name] or text for name, text in usual.items()}
