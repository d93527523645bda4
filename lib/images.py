"""Pictures from strangers, made anew: checked by content, stripped of everything but the pixels."""

import io
from dataclasses import dataclass, replace
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from lib.files import MB, FileRefused, size_of, too_large

MAX_IMAGE_BYTES = 10 * MB
MAX_IMAGE_PIXELS = 24_000_000  # width × height: about 100 MB of memory while it is worked on
MAX_SIDE = 2_560  # pixels; larger pictures are shrunk
MAX_FRAMES = 150
WIDTHS = (320, 640, 1280)

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_MIME = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
_EXTENSION = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_SAVE = {
    "PNG": {"compress_level": 6},
    "JPEG": {"quality": 86, "progressive": True, "optimize": True},
    "WEBP": {"quality": 82, "method": 4},
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A copy of a certain size, always WebP. Width and height in pixels."""

    width: int
    height: int
    data: bytes

    format = "WEBP"
    mime = "image/webp"
    extension = "webp"


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is stored: `format` is PNG, JPEG, GIF or WEBP; width and height in pixels."""

    format: str
    width: int
    height: int
    data: bytes
    variants: tuple[Variant, ...] = ()

    @property
    def mime(self) -> str:
        return _MIME[self.format]

    @property
    def extension(self) -> str:
        return _EXTENSION[self.format]


class OwnPicture(io.BytesIO):
    """The bytes of a picture that `clean_image` made before: they are kept, only checked and copied smaller."""


def clean_image(
    file: BinaryIO,
    *,
    max_bytes: int = MAX_IMAGE_BYTES,
    max_pixels: int = MAX_IMAGE_PIXELS,
    widths: tuple[int, ...] = WIDTHS,
) -> CleanImage:
    """The picture encoded anew, turned upright, without metadata, with a copy for each smaller width.

    An animated GIF stays one while its frames together are within `max_pixels`, else its first frame is kept
    as PNG. Raises FileRefused with a code that `_read` names.
    """

    def clean(image):
        if image.format == "GIF" and _is_short_animation(image, max_pixels):
            return _clean_animation(image, max_pixels)
        return _clean_still(image, widths)

    picture = _read(file, clean, max_bytes, max_pixels)
    return replace(picture, data=file.getvalue()) if isinstance(file, OwnPicture) else picture


def clean_squares(
    file: BinaryIO,
    *,
    sides: tuple[int, ...],
    max_bytes: int = MAX_IMAGE_BYTES,
    max_pixels: int = MAX_IMAGE_PIXELS,
) -> tuple[Variant, ...]:
    """The middle of the picture as still squares with these sides in pixels, in their order.

    Upright and without metadata. Raises FileRefused with a code that `_read` names.
    """

    def clean(image):
        plain = _plain(image)
        return tuple(_square(plain, side) for side in sides)

    return _read(file, clean, max_bytes, max_pixels)


def _read(file, clean, max_bytes, max_pixels):
    """What `clean(image)` makes of the opened picture.

    The size it declares is checked before anything is decoded.
    Raises FileRefused with the code `empty`, `too_large`, `too_many_pixels`, `not_an_image` or `broken_image`.
    """
    size = size_of(file)
    if not size:
        raise FileRefused("empty", _("This file is empty."))
    if size > max_bytes:
        raise too_large(size, max_bytes)
    data = file.read(max_bytes + 1)
    file.seek(0)
    try:
        with _opened(data) as image:
            _check_pixels(image.size, max_pixels)
            return clean(image)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(max_pixels) from error
    except Exception as error:  # Pillow raises whatever a broken file makes of its decoders
        raise FileRefused(
            "broken_image",
            _("This picture is damaged. Open it on your computer and save it again."),
        ) from error


def _opened(data):
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise
    except Exception as error:  # see above
        raise FileRefused(
            "not_an_image", _("This is no PNG, JPEG, GIF or WebP picture, whatever its name says.")
        ) from error


def _check_pixels(size, max_pixels):
    if size[0] * size[1] > max_pixels:
        raise _too_many_pixels(max_pixels)


def _too_many_pixels(max_pixels):
    limit = {"limit": max_pixels // 1_000_000}
    text = (
        _("This picture has too many pixels; at most %(limit)d million are allowed. Shrink it.")
        % limit
    )
    return FileRefused("too_many_pixels", text)


def _clean_still(image, widths):
    source = image.format
    image = _plain(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    target = "PNG" if source == "GIF" else source
    if target == "JPEG" and image.mode != "RGB":
        image = image.convert("RGB")
    variants = tuple(_variant(image, width) for width in sorted(set(widths)) if width < image.width)
    return CleanImage(target, *image.size, _encoded(image, target), variants)


def _plain(image):
    """Decoded and upright, the pixels alone."""
    if image.format == "JPEG":
        image.draft(None, (MAX_SIDE, MAX_SIDE))  # decodes huge photos smaller, which saves memory
    image.load()
    return _in_plain_colors(_upright(image))


def _upright(image):
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF is no reason to refuse a good picture
        return image


def _in_plain_colors(image):
    """RGB, RGBA, L or LA in the colours of the web, without a profile or anything else attached."""
    profile = image.info.get("icc_profile")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode in ("L", "LA") and not profile:
        image = image.convert("LA" if has_alpha else "L")
    elif profile and image.mode in ("RGB", "CMYK"):
        image = _in_web_colors(image, profile)
    else:
        image = image.convert("RGBA" if has_alpha else "RGB")
    plain = Image.new(image.mode, image.size)
    plain.paste(image)
    return plain


def _in_web_colors(image, profile):
    try:
        return ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except Exception:  # a broken profile: the colours as they are
        return image.convert("RGB")


def _variant(image, width):
    height = max(1, round(image.height * width / image.width))
    small = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Variant(width, height, _encoded(small, "WEBP"))


def _square(image, side):
    square = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    return Variant(side, side, _encoded(square, "WEBP"))


def _encoded(image, target):
    if target == "WEBP" and image.mode in ("L", "LA"):
        image = image.convert("RGB" if image.mode == "L" else "RGBA")
    out = io.BytesIO()
    image.save(out, target, **_SAVE[target])
    return out.getvalue()


def _is_short_animation(image, max_pixels):
    frames = getattr(image, "n_frames", 1)
    return 1 < frames <= MAX_FRAMES and frames * image.width * image.height <= max_pixels


def _clean_animation(image, max_pixels):
    frames, durations = [], []
    for index in range(image.n_frames):
        image.seek(index)
        _check_pixels(image.size, max_pixels)
        durations.append(max(20, min(int(image.info.get("duration") or 100), 60_000)))
        frame = Image.new("RGBA", image.size)  # a new picture, since a copy takes comments along
        frame.paste(image.convert("RGBA"))
        frames.append(frame)
    out = io.BytesIO()
    frames[0].save(
        out,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=durations,
        loop=0,
        disposal=2,
    )
    return CleanImage("GIF", *frames[0].size, out.getvalue())
