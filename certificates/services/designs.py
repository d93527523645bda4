"""Designs are changed for what will be issued; what was issued keeps the look it had."""

from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction

from certificates.designs import design_of
from certificates.models import CertificateDesign
from courses.models import Course
from lib.images import clean_image

SIGNATURE_WIDTH = 640  # pixels; 56 mm at 290 pixels an inch
SIGNATURE_BYTES = 5 * 1024 * 1024


@transaction.atomic
def save_design(
    course: Course | None, *, values: dict, signature: BinaryIO | None | bool, by, now: datetime
) -> CertificateDesign:
    """Keep the design of a course's certificates, without a course that of all that have none of their own.

    `signature` is an upload, False to take the picture away, None to keep it, be it the organization's. A file that was replaced stays, for
    certificates may show it; the sweep of files deletes it once none does. Raises lib.files.FileRefused.
    """
    design = CertificateDesign.objects.select_for_update(of=("self",)).filter(course=course).first()
    if design is None:
        kept = design_of(course.pk).signature.name if course else ""
        design = CertificateDesign(course=course, signature=kept)
    for name, value in values.items():
        setattr(design, name, value)
    if signature is False:
        design.signature = ""
    elif signature:
        name, content = prepare_signature(signature)
        design.signature.save(name, content, save=False)
    design.save()
    return design


@transaction.atomic
def reset_design(course: Course | None, *, by, now: datetime) -> None:
    """Give a design up: the organization's holds again, or the product's own. A repeat changes nothing."""
    CertificateDesign.objects.filter(course=course).delete()


def prepare_signature(upload: BinaryIO) -> tuple[str, ContentFile]:
    """Name and content of the picture to store. Raises lib.files.FileRefused for what is none."""
    image = clean_image(upload, max_bytes=SIGNATURE_BYTES, widths=(SIGNATURE_WIDTH,))
    best = image.variants[0] if image.variants else image
    return f"{sha256(best.data).hexdigest()[:32]}.{best.extension}", ContentFile(best.data)
