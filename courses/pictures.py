"""A course's picture: made anew on the way in, served under an address that changes with it."""

from hashlib import sha256
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.urls import reverse

from lib.images import clean_image

WIDTH = 720  #: pixels; a card is at most half as wide, on screens of two dots per pixel


def prepare(upload) -> tuple[str, ContentFile]:
    """Name and content of the picture to store. Raises lib.files.FileRefused for what is none."""
    image = clean_image(upload, widths=(WIDTH,))
    best = image.variants[0] if image.variants else image
    digest = sha256(best.data).hexdigest()[:32]
    return f"{digest}.{best.extension}", ContentFile(best.data)


def picture_url(course_id, name: str) -> str:
    """Address of a stored picture, "" where there is none."""
    return reverse("courses:picture", args=[course_id, version_of(name)]) if name else ""


def version_of(name: str) -> str:
    return PurePosixPath(name).stem
