"""Certificates as pictures on a page: the same layout as the file, drawn as SVG."""

import base64

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from certificates.drawing.layout import PER_POINT, Box, Image, Text, lay_out, page_size
from certificates.drawing.sheet import Sheet
from lib.qr import qr_squares


def draw_svg(sheet: Sheet, *, label: str) -> SafeString:
    """The certificate as an inline SVG; `label` says what it is to those who do not see it. No styles inside."""
    from certificates.drawing.pdf import pen_for  # noqa: PLC0415 -- costs megabytes, and few pages need it

    width, height = page_size(sheet)
    with pen_for(sheet) as pen:
        parts = lay_out(sheet, pen.measure)
    return format_html(
        '<svg class="certificate" role="img" aria-label="{}" viewBox="0 0 {} {}">'
        '<rect width="100%" height="100%" fill="#FFF"/>{}</svg>',
        label,
        width,
        height,
        format_html_join("", "{}", ((_drawn(part),) for part in parts)),
    )


def _drawn(part):
    if isinstance(part, Text):
        return _text(part)
    if isinstance(part, Box):
        return _box(part)
    return _image(part) if isinstance(part, Image) else _code(part)


def _text(part):
    size = part.size * PER_POINT
    return format_html(
        '<text x="{}" y="{}" font-size="{}" fill="{}" text-anchor="middle">{}</text>',
        *(_short(part.x), _short(part.y), _short(size), part.color, part.text),
    )


def _box(part):
    corner = (_short(number) for number in (part.x, part.y, part.width, part.height, part.width))
    return format_html(
        '<path fill="none" stroke="{}" stroke-width="{}" d="M{} {}h{}v{}h-{}z"/>',
        *(part.color, part.stroke, *corner),
    )


def _image(part):
    picture = part.picture
    source = f"data:{picture.mime};base64,{base64.b64encode(picture.data).decode()}"
    place = (_short(number) for number in (part.x, part.y, part.width, part.height))
    return format_html('<image x="{}" y="{}" width="{}" height="{}" href="{}"/>', *(*place, source))


def _code(part):
    squares, side = qr_squares(part.address)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in squares)
    return format_html(
        '<path fill="#000" transform="translate({} {}) scale({})" d="{}"/>',
        *(_short(part.x), _short(part.y), round(part.side / side, 5), path),
    )


def _short(number):
    return round(number, 2)
