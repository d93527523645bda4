"""Texts as pictures for a camera (QR codes)."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

MARGIN = 4  # modules; cameras need the quiet edge
SIZE = 208  # pixels
MASK = 0  # any one will do, and looking for the best takes most of the time


def qr_squares(text: str) -> tuple[list[tuple[int, int, int]], int]:
    """The dark parts of a text's code as (x, y, length) of rows of squares, and how many squares a side has.

    There is no quiet edge around them.
    """
    import segno  # noqa: PLC0415 -- costs megabytes, and few pages need it

    rows = segno.make(text, micro=False, error="m", boost_error=False, mask=MASK).matrix
    return [run for y, row in enumerate(rows) for run in _runs(row, y)], len(rows)


def _runs(row, y):
    start = None
    for x, is_dark in enumerate([*row, 0]):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            yield start, y, x - start
            start = None


def qr_code(text: str, *, label: str) -> SafeString:
    """The text as an inline SVG, dark on light in every theme; `label` says what it is. No styles inside."""
    squares, side = qr_squares(text)
    drawn = "".join(f"M{x + MARGIN} {y + MARGIN}h{length}v1h-{length}z" for x, y, length in squares)
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}"'
        ' shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#FFF"/>'
        '<path fill="#000" d="{}"/></svg>',
        label,
        side + 2 * MARGIN,
        side + 2 * MARGIN,
        SIZE,
        SIZE,
        drawn,
    )
