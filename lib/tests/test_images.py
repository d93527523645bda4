import io
import zlib
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

from lib.files import FileRefused
from lib.images import MAX_FRAMES, MAX_SIDE, clean_image


def encoded(image, target="PNG", **options):
    out = io.BytesIO()
    image.save(out, target, **options)
    return out.getvalue()


def clean(data, **options):
    return clean_image(io.BytesIO(data), **options)


def code_of(data, **options):
    with pytest.raises(FileRefused) as refusal:
        clean(data, **options)
    assert refusal.value.message.endswith(".")
    return refusal.value.code


def opened(result):
    return Image.open(io.BytesIO(result.data))


HOSTILE = {
    "broken_data_stream.png": "broken_image",
    "decompression_bomb.gif": "too_many_pixels",
    "decompression_bomb.ico": "not_an_image",
    "decompression_bomb_extents.gif": "too_many_pixels",
    "png_decompression_dos.png": "not_an_image",
    "truncated_end_chunk.png": "broken_image",
    "truncated_image.png": "broken_image",
    "truncated_jpeg.jpg": "broken_image",
}


def test_hostile_images_are_refused_or_made_harmless(test_data):
    for path in sorted(Path(test_data("hostile-files/images")).iterdir()):
        if path.name in HOSTILE:
            assert code_of(path.read_bytes()) == HOSTILE[path.name], path.name
            continue
        result = clean(path.read_bytes())
        picture = opened(result)
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progression", "progressive"}  # fmt: skip
        assert b"script" not in result.data.lower()
        assert b"payload" not in result.data.lower()


def test_samples_that_are_no_pictures_are_refused(test_data):
    taken = []
    for path in sorted(Path(test_data("file-type-samples/samples")).iterdir()):
        try:
            result = clean(path.read_bytes())
        except FileRefused as refusal:
            if refusal.code != "not_an_image":
                raise
        else:
            taken.append((path.name, result.format))

    assert taken == [
        ("gif87.gif", "PNG"),
        ("gif89.gif", "PNG"),
        ("jpg.jpg", "JPEG"),
        ("png.png", "PNG"),
        ("webp.webp", "WEBP"),
        ("webpl.webp", "WEBP"),
    ]


def test_every_picture_of_a_real_course_is_taken(test_data):
    paths = [
        path
        for path in Path(test_data("web-dev-for-beginners/course")).rglob("*")
        if path.suffix in (".png", ".jpg", ".jpeg", ".gif", ".webp")
    ]
    for path in paths[::4]:
        assert clean(path.read_bytes(), widths=()).width > 0, path
    assert len(paths) > 40


def test_pixels_are_counted_before_decoding():
    data = bytearray(encoded(Image.new("RGB", (10, 10))))
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")

    assert code_of(bytes(data)) == "too_many_pixels"
    assert code_of(encoded(Image.new("L", (200, 200))), max_pixels=39_999) == "too_many_pixels"


def test_bytes_are_limited_and_empty_files_refused():
    data = encoded(Image.new("RGB", (10, 10)))

    assert code_of(data, max_bytes=len(data) - 1) == "too_large"
    assert clean(data, max_bytes=len(data)).width == 10
    assert code_of(b"") == "empty"


def test_metadata_is_gone_and_orientation_applied():
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turn right
    exif[ExifTags.Base.ImageDescription] = "home address"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    result = clean(encoded(image, "JPEG", exif=exif, comment=b"hidden"))
    turned = opened(result)

    assert (result.width, result.height) == turned.size == (20, 40)
    assert turned.getpixel((10, 5))[2] > 200
    assert not turned.getexif()
    assert b"home address" not in result.data
    assert b"hidden" not in result.data


def test_text_chunks_and_appended_data_are_gone():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    for image in (Image.new("RGB", (9, 9)), Image.new("P", (9, 9))):
        result = clean(encoded(image, pnginfo=info) + b"<?php evil ?>")
        assert b"script" not in result.data
        assert b"php" not in result.data


def test_variants_are_smaller_webp_copies():
    result = clean(encoded(Image.effect_noise((1000, 500), 50).convert("RGB"), "JPEG"))

    assert [(variant.width, variant.height) for variant in result.variants] == [
        (320, 160),
        (640, 320),
    ]
    for variant in result.variants:
        picture = Image.open(io.BytesIO(variant.data))
        assert (picture.format, picture.size) == ("WEBP", (variant.width, variant.height))
        assert len(variant.data) < len(result.data)


def test_huge_photos_are_shrunk():
    result = clean(encoded(Image.new("RGB", (5_000, 1_000)), "JPEG"), widths=())
    assert result.width == MAX_SIDE
    assert result.height == pytest.approx(512, abs=2)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_of_every_mode_is_taken(mode):
    result = clean(encoded(Image.new(mode, (400, 10))), widths=(320,))
    assert (result.format, result.width, len(result.variants)) == ("PNG", 400, 1)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_of_every_mode_is_taken(mode):
    assert opened(clean(encoded(Image.new(mode, (40, 10)), "JPEG"))).mode == "RGB"


def test_transparency_is_kept():
    palette = Image.new("P", (10, 10), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    for data in (
        encoded(palette, transparency=0),
        encoded(Image.new("RGBA", (10, 10), (1, 2, 3, 0))),
        encoded(palette, "GIF", transparency=0),
    ):
        assert opened(clean(data)).convert("RGBA").getpixel((5, 5))[3] == 0


def test_colours_of_a_profile_become_plain_ones():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    good = clean(encoded(Image.new("RGB", (10, 10), (200, 100, 50)), icc_profile=profile))
    broken = clean(encoded(Image.new("RGB", (10, 10), (200, 100, 50)), icc_profile=b"broken"))

    for result in (good, broken):
        assert "icc_profile" not in opened(result).info
        assert opened(result).getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=2)


def animation(frames, size=(20, 20)):
    images = [Image.new("P", size, index % 250) for index in range(frames)]
    for image in images:
        image.putpalette([value for value in range(256) for _ in range(3)])
    return encoded(images[0], "GIF", save_all=True, append_images=images[1:], duration=70, comment=b"hidden")  # fmt: skip


def test_animation_is_kept_within_limits():
    result = clean(animation(5))
    picture = opened(result)

    assert (result.format, picture.n_frames, picture.info["duration"]) == ("GIF", 5, 70)
    assert b"hidden" not in result.data
    assert result.variants == ()


def test_long_animation_is_stilled():
    assert clean(animation(MAX_FRAMES + 1)).format == "PNG"
    assert clean(animation(5), max_pixels=1_999).format == "PNG"


def test_animated_webp_is_stilled():
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    result = clean(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))

    assert (result.format, getattr(opened(result), "n_frames", 1)) == ("WEBP", 1)
