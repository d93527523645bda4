"""The picture of a course or a learning path: made anew on the way in, served under an address that changes with it."""

from hashlib import sha256
from pathlib import PurePosixPath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from django.urls import reverse

from lib.images import clean_image

KEPT = "private, max-age=31536000, immutable"  # by browsers: the address changes with the picture
WIDTH = 720  #: pixels; a card is at most half as wide, on screens of two dots per pixel


def prepare(upload) -> tuple[str, ContentFile]:
    """Name and content of the picture to store. Raises lib.files.FileRefused for what is none."""
    image = clean_image(upload, widths=(WIDTH,))
    best = image.variants[0] if image.variants else image
    digest = sha256(best.data).hexdigest()[:32]
    return f"{digest}.{best.extension}", ContentFile(best.data)


def replace_thumbnail(thing, upload) -> None:
    """Store a cleaned picture as that of a course or path, or none; the old file goes once this is committed.

    Raises lib.files.FileRefused for what is no picture.
    """
    old, storage = thing.thumbnail.name, thing.thumbnail.storage
    if upload:
        name, content = prepare(upload)
        thing.thumbnail.save(name, content, save=False)
    else:
        thing.thumbnail = ""
    thing.save(update_fields=["thumbnail"])
    if old and old != thing.thumbnail.name:
        transaction.on_commit(lambda: storage.delete(old))


def serve_thumbnail(thing, version: str) -> FileResponse:
    """The picture of a course or path that the reader may see. Raises Http404 where it is another one by now."""
    name = thing.thumbnail.name
    if not name or version_of(name) != version or not default_storage.exists(name):
        raise Http404
    response = FileResponse(default_storage.open(name))
    response["Cache-Control"] = KEPT
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def picture_url(course_id, name: str) -> str:
    """Address of a stored picture, "" where there is none."""
    return reverse("courses:picture", args=[course_id, version_of(name)]) if name else ""


def version_of(name: str) -> str:
    return PurePosixPath(name).stem
