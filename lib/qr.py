"""Texts as pictures for a camera (QR codes)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

MARGIN = 4  # modules; cameras need the quiet edge
SIZE = 208  # pixels


def qr_code(text: str, *, label: str) -> SafeString:
    """The text as an inline SVG, dark on light in every theme; `label` says what it is. No styles inside."""
    import qrcode  # noqa: PLC0415 -- costs megabytes, and one page needs it

    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=MARGIN)
    code.add_data(text)
    modules = code.get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(modules)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#FFF"/>'
        '<path fill="#000" d="{}"/></svg>',
        label,
        len(modules),
        len(modules),
        SIZE,
        SIZE,
        squares,
    )
