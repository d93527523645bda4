"""The fonts that PDF files are written with, and which of them a text needs.

Most texts need that of Latin letters alone. The others are loaded only for a text that has their letters, since
reading a font takes longer than drawing a page.
"""

from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fonts"

LATIN = "SourceSerif4-Latin"

#: First and last code of a script, and its font. Those of East Asia are cut into blocks of 2048 letters.
SCRIPTS = (
    (0x0300, 0x052F, "SourceSerif4-Greek-Cyrillic"),
    (0x0530, 0x058F, "NotoSansArmenian"),
    (0x0590, 0x05FF, "NotoSerifHebrew"),
    (0x0600, 0x08FF, "NotoNaskhArabic"),
    (0x0900, 0x097F, "NotoSerifDevanagari"),
    (0x0980, 0x09FF, "NotoSerifBengali"),
    (0x0B80, 0x0BFF, "NotoSansTamil"),
    (0x0C00, 0x0C7F, "NotoSansTelugu"),
    (0x0E00, 0x0E7F, "NotoSansThai"),
    (0x10A0, 0x10FF, "NotoSansGeorgian"),
    (0x1200, 0x139F, "NotoSansEthiopic"),
    (0x1C90, 0x1CBF, "NotoSansGeorgian"),
    (0x1F00, 0x1FFF, "SourceSerif4-Greek-Cyrillic"),
    (0x2190, 0x2BFF, "NotoEmoji"),
    (0x2E80, 0x33FF, "DroidSansFallback-3000"),
    (0xA8E0, 0xA8FF, "NotoSerifDevanagari"),
    (0xF900, 0xFAFF, "DroidSansFallback-3000"),
    (0xFB13, 0xFB17, "NotoSansArmenian"),
    (0xFB1D, 0xFB4F, "NotoSerifHebrew"),
    (0xFB50, 0xFDFF, "NotoNaskhArabic"),
    (0xFE30, 0xFE4F, "DroidSansFallback-3000"),
    (0xFE70, 0xFEFF, "NotoNaskhArabic"),
    (0xFF00, 0xFFEF, "DroidSansFallback-3000"),
    (0x1F000, 0x1FAFF, "NotoEmoji"),
)
HAN = range(0x4E00, 0x9FA6)
HANGUL = range(0xAC00, 0xD7A4)
BLOCK = 0x800
LAST_LATIN = 0x02FF


def add_fonts(pdf, texts: Iterable[str]) -> list[str]:
    """Give a `fpdf.FPDF` the fonts that these texts need, LATIN first; their names.

    A letter that LATIN does not have is then taken from one that has it, and scripts whose letters join are joined.
    """
    further = further_fonts(texts)
    for font in (LATIN, *further):
        pdf.add_font(font, fname=path_of(font))
    pdf.set_fallback_fonts(further, exact_match=False)
    if further:
        pdf.set_text_shaping(True)
    return [LATIN, *further]


def close_fonts(pdf) -> None:
    """Close the font files, which are read as long as the PDF file is not written."""
    for font in pdf.fonts.values():
        font.ttfont.close()


def path_of(font: str) -> Path:
    return FOLDER / f"{font}.ttf"


def further_fonts(texts: Iterable[str]) -> list[str]:
    """The fonts that these texts need besides that of Latin letters, in a fixed order."""
    codes = {ord(letter) for text in texts for letter in text}
    found = (_font_of(code) for code in sorted(codes) if code > LAST_LATIN)
    return list(dict.fromkeys(filter(None, found)))


def _font_of(code):
    if code in HAN or code in HANGUL:
        return f"DroidSansFallback-{code - code % BLOCK:04X}"
    return next((font for first, last, font in SCRIPTS if first <= code <= last), None)
