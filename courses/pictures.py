"""A course's picture: cleaned on the way in, under a name of our own."""

from hashlib import sha256
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIZE = (960, 540)


def prepare(upload) -> tuple[str, ContentFile]:
    """Name and content of the picture to store: re-encoded, without metadata, at most 960 by 540.

    Raises ValidationError in a person's words for what is no picture, or is too large.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The picture is larger than 10 MB."))
    try:
        with Image.open(BytesIO(data), formats=["JPEG", "PNG", "WEBP", "GIF"]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError(_("The picture has too many pixels."))
            image = ImageOps.exif_transpose(image).convert("RGB")
            image.thumbnail(SIZE)
            out = BytesIO()
            image.save(out, "WEBP", quality=80)
    except ValidationError:
        raise
    except Exception as error:
        raise ValidationError(_("This file is not a picture that we can read.")) from error
    content = out.getvalue()
    return f"{sha256(content).hexdigest()[:32]}.webp", ContentFile(content)
