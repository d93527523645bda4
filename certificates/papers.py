"""The files that the owner of a certificate downloads."""

from django.utils.text import slugify
from django.utils.translation import gettext as _

from certificates.models import Certificate
from certificates.sheets import sheet_of
from tenancy.models import Organization


def pdf_of(certificate: Certificate, *, organization: Organization, origin: str) -> bytes:
    """The paper as a PDF file. Raises NotDecrypted where its code cannot be read any more."""
    from certificates.drawing.pdf import draw_pdf  # noqa: PLC0415 -- costs megabytes, and few pages need it

    sheet = sheet_of(certificate, organization=organization, origin=origin)
    title = f"{certificate.course_title} – {certificate.name}"
    return draw_pdf(sheet, title=title, made_at=certificate.issued_at)


def file_name(certificate: Certificate, ending: str) -> str:
    """What the browser calls a download."""
    return f"{slugify(certificate.course_title)[:60] or _('certificate')}.{ending}"
