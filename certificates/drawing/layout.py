"""Where everything stands on the page. One layout for both painters, so that the preview is what the file becomes.

All lengths are millimetres from the top left, sizes of letters are points. What is too long is set smaller, then in
several lines, then everything smaller; what is longer still is cut, for a certificate is one page.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from certificates.drawing.sheet import Picture, Sheet

LONG, SHORT = 297.0, 210.0
FRAME, INNER_FRAME, MARGIN = 9.0, 11.5, 25.0
INK, MUTED = "#1D2327", "#56606A"
PER_POINT = 25.4 / 72  # millimetres
LEADING = 1.35  # height of a line, by the size of its letters
QR_SIDE = 24.0
FOOT = 24.0  # from the lower edge to the last line of the foot
FOOT_HEIGHT = QR_SIDE + 11
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
SIGNATURE = (56.0, 17.0)
LOGO = (70.0, 18.0)

#: `measure(text, size)`: how wide a text is.
Measure = Callable[[str, float], float]


@dataclass(frozen=True, slots=True)
class Text:
    """One line in the middle of (x, y), where y is its baseline."""

    x: float
    y: float
    text: str
    size: float
    color: str


@dataclass(frozen=True, slots=True)
class Box:
    """An empty frame, or with no height a line."""

    x: float
    y: float
    width: float
    height: float
    stroke: float
    color: str


@dataclass(frozen=True, slots=True)
class Image:
    x: float
    y: float
    width: float
    height: float
    picture: Picture


@dataclass(frozen=True, slots=True)
class Code:
    """The QR code of an address."""

    x: float
    y: float
    side: float
    address: str


Part = Text | Box | Image | Code


@dataclass(frozen=True, slots=True)
class Style:
    """How one text of the column is set: its sizes from the usual to the smallest, and the space above it."""

    size: float
    smallest: float
    lines: int
    above: float

    def scaled(self, scale: float) -> "Style":
        return Style(self.size * scale, self.smallest * scale, self.lines, self.above * scale)


HEADING = Style(34, 20, 2, above=9)
OPENING = Style(13, 10, 2, above=7)
NAME = Style(36, 18, 3, above=7)
TEXT = Style(13, 9, 5, above=8)
COURSE = Style(21, 12, 3, above=4.5)
DETAILS = Style(11, 9, 2, above=5)
ORGANIZATION = Style(15, 10, 2, above=0)


def page_size(sheet: Sheet) -> tuple[float, float]:
    """Width and height."""
    return (LONG, SHORT) if sheet.is_landscape else (SHORT, LONG)


def lay_out(sheet: Sheet, measure: Measure) -> list[Part]:
    """All parts of the page, the lower ones first."""
    width, height = page_size(sheet)
    room = height - MARGIN - FOOT - FOOT_HEIGHT
    column = _fitting_column(sheet, measure, width, room)
    down = MARGIN + max(0.0, room - _depth(column)) * 0.4
    return [
        Box(FRAME, FRAME, width - 2 * FRAME, height - 2 * FRAME, 0.9, sheet.color),
        Box(INNER_FRAME, INNER_FRAME, width - 2 * INNER_FRAME, height - 2 * INNER_FRAME, 0.2, sheet.color),
        *(_moved(part, down) for part in column),
        *_foot(sheet, measure, width, height),
    ]  # fmt: skip


def _fitting_column(sheet, measure, width, room) -> list[Part]:
    """What stands in the middle, in the largest of SCALES at which it stays above the foot."""
    for scale in SCALES:
        column = list(_column(sheet, measure, width, scale))
        if _depth(column) <= room:
            break
    return column


def _column(sheet, measure, width, scale) -> Iterator[Part]:
    """The texts from top to bottom, counted from their own top."""
    middle, room, y = width / 2, width - 2 * MARGIN, 0.0

    def write(text, style, color):
        nonlocal y
        lines, size = fit(text, style.scaled(scale), room, measure)
        y += style.above * scale if lines else 0
        for line in lines:
            y += size * PER_POINT * LEADING
            yield Text(middle, y - size * PER_POINT * 0.3, line, size, color)

    if sheet.logo:
        across, high = _within(sheet.logo, LOGO)
        yield Image(middle - across / 2, 0, across, high, sheet.logo)
        y = high
    else:
        yield from write(sheet.organization, ORGANIZATION, sheet.color)
    yield from write(sheet.heading, HEADING, INK)
    yield from write(sheet.opening, OPENING, MUTED)
    yield from write(sheet.name, NAME, sheet.color)
    y += 4 * scale
    yield Box(middle - 30, y, 60, 0, 0.4, sheet.color)
    yield from write(sheet.text, TEXT, INK)
    yield from write(sheet.course, COURSE, INK)
    yield from write(sheet.details, DETAILS, MUTED)


def _foot(sheet, measure, width, height) -> Iterator[Part]:
    """Who signs at the left, how to check it at the right."""
    bottom = height - FOOT
    if sheet.signer_name or sheet.signature:
        across, high = SIGNATURE
        middle = MARGIN + across / 2
        line = bottom - 9
        if sheet.signature:
            wide, tall = _within(sheet.signature, SIGNATURE)
            yield Image(middle - wide / 2, line - tall - 1, wide, tall, sheet.signature)
        yield Box(MARGIN, line, across, 0, 0.2, MUTED)
        texts = ((sheet.signer_name, 11, INK), (sheet.signer_role, 9, MUTED))
        yield from _small_lines(texts, middle, line + 5, across + 14, measure)
    right = width - MARGIN - QR_SIDE / 2
    yield Code(right - QR_SIDE / 2, bottom - QR_SIDE - 9, QR_SIDE, sheet.address)
    texts = ((sheet.check_label, 8, MUTED), (sheet.code, 8, INK))
    yield from _small_lines(
        texts, right, bottom - 5, 2 * (MARGIN - INNER_FRAME - 2) + QR_SIDE, measure
    )


def _small_lines(texts, middle, y, room, measure):
    for text, size, color in texts:
        lines, fitting = fit(text, Style(size, 5.5, 1, above=0), room, measure)
        for line in lines:
            yield Text(middle, y, line, fitting, color)
        y += 4.5


def _depth(parts):
    ends = (part.y + (0 if isinstance(part, Text) else part.height) for part in parts)
    return max(ends, default=0.0)


def _moved(part, down):
    if isinstance(part, Text):
        return Text(part.x, part.y + down, part.text, part.size, part.color)
    if isinstance(part, Image):
        return Image(part.x, part.y + down, part.width, part.height, part.picture)
    return Box(part.x, part.y + down, part.width, part.height, part.stroke, part.color)


def _within(picture, size):
    """The size in which a picture fits, never larger than at 150 pixels an inch."""
    scale = min(size[0] / picture.width, size[1] / picture.height, 25.4 / 150)
    return picture.width * scale, picture.height * scale


def fit(text: str, style: Style, room: float, measure: Measure) -> tuple[list[str], float]:
    """The lines of a text, and the largest size of letters in which they fit; no lines for no text."""
    if not text.strip():
        return [], style.size
    size = style.size
    while True:
        lines = _lines(text, room, lambda line: measure(line, size))  # noqa: B023 -- asked at once
        few = 1 if size > (style.size + style.smallest) / 2 and style.lines <= 3 else style.lines
        if len(lines) <= few:
            return lines, size
        if size <= style.smallest:
            return [*lines[: style.lines - 1], _cut(lines[style.lines - 1])], size
        size = max(style.smallest, size - 1)


def _cut(line):
    return line[:-1].rstrip() + "…"


def _lines(text, room, width_of):
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            for piece in _pieces(word, room, width_of):
                longer = f"{line} {piece}".strip()
                if line and width_of(longer) > room:
                    lines.append(line)
                    line = piece
                else:
                    line = longer
        if line:
            lines.append(line)
    return lines


def _pieces(word, room, width_of):
    """A word, or where it alone is too wide, what of it fits into each line."""
    while len(word) > 1 and width_of(word) > room:
        low, high = 1, len(word)
        while low < high - 1:
            middle = (low + high) // 2
            low, high = (middle, high) if width_of(word[:middle]) <= room else (low, middle)
        yield word[:low]
        word = word[low:]
    yield word
