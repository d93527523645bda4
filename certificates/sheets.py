"""From what is stored to what is drawn."""

import io

from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _
from PIL import Image

from certificates import codes
from certificates.designs import complete_look, language_of
from certificates.drawing.sheet import Picture, Sheet
from certificates.models import Certificate, CertificateDesign
from certificates.wording import fill
from courses.models import Course
from lib.jinja import minutes
from tenancy.models import Organization

#: What stands in the place of a code where there is none, in a preview.
SAMPLE_CODE = "a" * codes.LENGTH
SAMPLE_MINUTES = 12 * 60


def sheet_of(certificate: Certificate, *, organization: Organization, origin: str) -> Sheet:
    """The paper of a certificate, with the logo that the organization has now.

    `origin` is where its public page is found. Raises NotDecrypted where the code cannot be read any more.
    """
    look = {name: getattr(certificate, name) for name in ("orientation", "color", "signature")}
    with translation.override(certificate.language):
        return _sheet(
            texts={name: getattr(certificate, name) for name in TEXTS},
            **look,
            language=certificate.language,
            organization=organization,
            values={
                "name": certificate.name,
                "course": certificate.course_title,
                "organization": certificate.organization_name,
                "date": formats.date_format(certificate.completed_on),
                "hours": minutes(certificate.duration_minutes),
            },
            origin=origin,
            code=codes.unseal(certificate.code_sealed),
        )


def preview_of(
    design: CertificateDesign,
    course: Course | None,
    *,
    organization: Organization,
    name: str,
    origin: str,
    now,
) -> Sheet:
    """How a certificate of this design would look for somebody of this name who completed the course today."""
    language = language_of(course) if course else translation.get_language()
    look = complete_look(design, organization=organization, language=language)
    with translation.override(language):
        return _sheet(
            texts={name: look[name] for name in TEXTS},
            orientation=look["orientation"],
            color=look["color"],
            signature=look["signature"],
            language=language,
            organization=organization,
            values={
                "name": name,
                "course": course.title if course else _("Title of the course"),
                "organization": organization.name,
                "date": formats.date_format(now),
                "hours": minutes(course.duration_minutes if course else SAMPLE_MINUTES),
            },
            origin=origin,
            code=SAMPLE_CODE,
        )


TEXTS = ("heading", "opening", "text", "signer_name", "signer_role")


def _sheet(*, texts, orientation, color, signature, language, organization, values, origin, code):
    address = f"{origin}{reverse('certificates:verify', args=[code])}"
    written = {name: fill(text, values) for name, text in texts.items()}
    return Sheet(
        is_landscape=orientation == Certificate.Orientation.LANDSCAPE,
        color=color,
        language=language,
        organization=values["organization"],
        name=values["name"],
        course=values["course"],
        details=" · ".join(filter(None, (values["hours"], values["date"]))),
        check_label=_("Check it at %(address)s")
        % {"address": f"{origin.partition('//')[2]}{reverse('certificates:check')}"},
        address=address,
        code=codes.in_groups(code),
        logo=_picture(organization.logo),
        signature=_picture(signature),
        **written,
    )


def _picture(stored) -> Picture | None:
    """A stored picture as it is drawn; None where there is none, or its file is gone or no picture."""
    if not stored:
        return None
    try:
        with stored.open("rb") as file:
            data = file.read()
        with Image.open(io.BytesIO(data)) as image:
            return Picture(data, image.width, image.height, image.get_format_mimetype())
    except OSError:
        return None
