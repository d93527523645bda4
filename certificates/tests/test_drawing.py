from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from certificates.drawing.layout import FOOT, FOOT_HEIGHT, Box, Code, Text, lay_out, page_size
from certificates.drawing.layout import Image as Drawn
from certificates.drawing.pdf import draw_pdf, pen_for
from certificates.drawing.preview import draw_svg
from certificates.drawing.sheet import Picture, Sheet

MADE_AT = datetime(2026, 3, 15, 8, 0, tzinfo=UTC)
SHEET = Sheet(
    is_landscape=True,
    color="#0B6B63",
    language="en",
    organization="Harbor School",
    heading="Certificate",
    opening="This certifies that",
    name="Ada Okafor",
    text="has completed the course",
    course="Knots",
    details="1 h 30 min · March 15, 2026",
    signer_name="Marta Vold",
    signer_role="Head of school",
    check_label="Check it at harbor.localhost/certificates/check/",
    address="https://harbor.localhost/certificates/abcdefghijklmnopqrstuvwxyz/",
    code="abcd efgh ijkl mnop qrst uvwx yz",
)
NAMES = {
    "arabic": "محمد بن عبد الرحمن الفهد",
    "hebrew": "שרה לוי",
    "chinese": "王小明",
    "korean": "김철수",
    "japanese": "さくら 桜子",
    "hindi": "अनीता शर्मा",
    "thai": "สมชาย ใจดี",
    "greek": "Ελένη Παπαδοπούλου",
    "cyrillic": "Жанна Щербакова",
    "vietnamese": "Nguyễn Thị Ánh",
    "emoji": "Ada 🎓 👩‍🎓",
    "runes": "ᚠᚢᚦ",
    "long": "Wolfeschlegelsteinhausenbergerdorff " * 8,
    "one word": "W" * 300,
    "invisible": "A\u200bd\u2060a",
    "markup": "**Ada** __x__ <b>&",
    "spaces": " \t ",
    "nothing": "",
}


def laid_out(sheet):
    with pen_for(sheet) as pen:
        return lay_out(sheet, pen.measure), pen.measure


def picture(width, height, kind="PNG"):
    data = BytesIO()
    Image.new("RGB", (width, height), "navy").save(data, kind)
    return Picture(data.getvalue(), width, height, f"image/{kind.lower()}")


@pytest.mark.parametrize("is_landscape", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_any_name_fits_on_one_page_above_the_foot(name, is_landscape):
    sheet = replace(SHEET, name=NAMES[name], is_landscape=is_landscape)

    parts, measure = laid_out(sheet)

    width, height = page_size(sheet)
    for part in parts:
        if isinstance(part, Text):
            half = measure(part.text, part.size) / 2
            assert part.x - half > 10
            assert part.x + half < width - 10
    column = [part for part in parts if isinstance(part, Text)][:-4]
    assert max(part.y for part in column) < height - FOOT - FOOT_HEIGHT + 1
    assert draw_pdf(sheet, title="x", made_at=MADE_AT).count(b"/Type /Page\n") == 1


def test_letters_that_no_font_has_are_marked_and_invisible_ones_left_out():
    with pen_for(replace(SHEET, name="ᚠ")) as pen:
        assert pen.drawable("ᚠ\u200bA") == "·A"


def test_longest_texts_of_a_design_stay_above_the_foot():
    full = replace(
        SHEET,
        heading="H" * 80,
        opening="o " * 80,
        name="N " * 150,
        text="t " * 250,
        course="C " * 100,
    )

    parts, _measure = laid_out(full)

    code = next(part for part in parts if isinstance(part, Code))
    column = [part for part in parts if isinstance(part, Text)][:-4]
    assert max(part.y for part in column) < code.y


def test_same_sheet_gives_the_same_file():
    files = {draw_pdf(SHEET, title="Knots – Ada", made_at=MADE_AT) for _ in range(2)}

    assert len(files) == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_logo_and_signature_are_drawn_in_their_proportions(kind):
    sheet = replace(SHEET, logo=picture(600, 200, kind), signature=picture(300, 100, kind))

    parts, _measure = laid_out(sheet)

    drawn = [part for part in parts if isinstance(part, Drawn)]
    assert [round(part.width / part.height, 2) for part in drawn] == [3.0, 3.0]
    assert draw_pdf(sheet, title="x", made_at=MADE_AT).count(b"/Subtype /Image") >= 2


def test_without_a_signer_there_is_no_line_to_sign():
    parts, _measure = laid_out(replace(SHEET, signer_name="", signer_role=""))

    assert len([part for part in parts if isinstance(part, Box)]) == 3


def test_preview_says_the_same_and_escapes_it():
    svg = draw_svg(replace(SHEET, name="<script>", course='"Knots"'), label="A <label>")

    assert "<script>" not in svg
    assert "&lt;script&gt;" in svg
    assert "&quot;Knots&quot;" in svg
    assert "style=" not in svg
