"""Certificates as PDF files."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fpdf import FPDF

from certificates.drawing.layout import Box, Code, Image, Text, lay_out
from certificates.drawing.sheet import Sheet
from lib.pdf_fonts import LATIN, add_fonts, close_fonts
from lib.qr import qr_squares

#: Letters that are never seen; a text loses nothing without them.
HIDDEN = {*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFE0E, 0xFE0F}
SUBSTITUTE = "·"  # for a letter that no font has


def draw_pdf(sheet: Sheet, *, title: str, made_at: datetime) -> bytes:
    """The certificate as a PDF file of one page; the same for the same sheet."""
    with pen_for(sheet) as pen:
        pen.pdf.set_title(title)
        pen.pdf.set_author(sheet.organization)
        pen.pdf.set_lang(sheet.language)
        pen.pdf.set_creation_date(made_at)
        for part in lay_out(sheet, pen.measure):
            pen.draw(part)
        return bytes(pen.pdf.output())


@contextmanager
def pen_for(sheet: Sheet) -> Iterator["Pen"]:
    """A pen that measures and draws the texts of this sheet."""
    pen = Pen(sheet)
    try:
        yield pen
    finally:
        close_fonts(pen.pdf)


class Pen:
    """Draws on one page, with the fonts that its texts need."""

    def __init__(self, sheet: Sheet):
        self.pdf = FPDF("landscape" if sheet.is_landscape else "portrait", "mm", "A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.add_page()
        self._letters = set()
        for font in add_fonts(self.pdf, sheet.texts):
            self._letters.update(self.pdf.fonts[font.lower()].cmap)

    def measure(self, text: str, size: float) -> float:
        self.pdf.set_font(LATIN, size=size)
        return self.pdf.get_string_width(self.drawable(text))

    def draw(self, part) -> None:
        if isinstance(part, Text):
            self._write(part)
        elif isinstance(part, Box):
            self._frame(part)
        elif isinstance(part, Image):
            self.pdf.image(io.BytesIO(part.picture.data), part.x, part.y, part.width, part.height)
        elif isinstance(part, Code):
            self._code(part)

    def _write(self, part):
        text = self.drawable(part.text)
        width = self.measure(part.text, part.size)
        self.pdf.set_text_color(part.color)
        self.pdf.set_xy(part.x - width / 2, part.y - self.pdf.font_size * 0.8)
        self.pdf.cell(width, self.pdf.font_size, text)

    def _frame(self, part):
        self.pdf.set_draw_color(part.color)
        self.pdf.set_line_width(part.stroke)
        if part.height:
            self.pdf.rect(part.x, part.y, part.width, part.height)
        else:
            self.pdf.line(part.x, part.y, part.x + part.width, part.y)

    def _code(self, part):
        squares, side = qr_squares(part.address)
        unit = part.side / side
        self.pdf.set_fill_color(0)
        for x, y, length in squares:
            self.pdf.rect(part.x + x * unit, part.y + y * unit, length * unit, unit, style="F")
        self.pdf.link(part.x, part.y, part.side, part.side, part.address)

    def drawable(self, text):
        """The text with what no font can draw left out, where it is invisible, or marked."""
        if all(ord(letter) in self._letters for letter in text):
            return text
        plain = (
            letter if ord(letter) in self._letters or letter.isspace() else _stand_in(letter)
            for letter in text
        )
        return "".join(plain)


def _stand_in(letter):
    return "" if ord(letter) in HIDDEN else SUBSTITUTE
