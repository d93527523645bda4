"""Invoices and credit notes as PDF files, in the language in which they were issued."""

import unicodedata
from datetime import UTC, datetime, time
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from fpdf import FPDF, XPos, YPos

from billing.models import Invoice
from lib.jinja import number
from lib.money import money
from lib.pdf_fonts import LATIN, add_fonts

MARGIN, WIDTH = 22, 210 - 2 * 22  # mm
SMALL, NORMAL, LARGE = 9, 11, 20  # points
LINE = 5.5  # mm
GREY, BLACK = 90, 20
SUBSTITUTE = "·"


def draw_invoice(invoice: Invoice) -> bytes:
    """One page A4; the same bytes for the same invoice."""
    with override(invoice.language):
        return bytes(_Paper(invoice).pdf.output())


class _Paper:
    """An invoice as it is written down the page."""

    def __init__(self, invoice: Invoice):
        self.invoice = invoice
        self.pdf = FPDF("portrait", "mm", "A4")
        self.pdf.set_margins(MARGIN, MARGIN)
        self.pdf.set_auto_page_break(True, MARGIN)
        self.pdf.set_title(self._heading())
        self.pdf.set_author(invoice.seller_name)
        self.pdf.set_lang(invoice.language)
        self.pdf.set_creation_date(datetime.combine(invoice.issued_on, time(), tzinfo=UTC))
        self._load_fonts()
        self.pdf.add_page()
        self._write_people()
        self._write_facts()
        self._write_lines()
        self._write_payment()

    def _load_fonts(self):
        texts = [line["text"] for line in self.invoice.lines]
        texts += [getattr(self.invoice, name) for name in PRINTED]
        self.letters = set()
        for font in add_fonts(self.pdf, texts):
            self.letters.update(self.pdf.fonts[font.lower()].cmap)

    def _drawable(self, text):
        """The text as the fonts can draw it: without invisible marks, with a dot for a letter that none has."""
        seen = (letter for letter in text if not _is_invisible(letter))
        return "".join(
            letter if letter == "\n" or ord(letter) in self.letters else SUBSTITUTE
            for letter in seen
        )

    def _heading(self):
        values = {"kind": self.invoice.get_kind_display(), "number": self.invoice.full_number}
        return _("%(kind)s %(number)s") % values

    def _write(self, text, size=NORMAL, color=BLACK, align="L", after=0):
        self.pdf.set_font(LATIN, size=size)
        self.pdf.set_text_color(color)
        self.pdf.multi_cell(
            WIDTH, size / 2, self._drawable(text), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.pdf.ln(after)

    def _write_people(self):
        invoice = self.invoice
        seller = f"{invoice.seller_name}\n{invoice.seller_address}".strip()
        self._write(seller, SMALL, GREY, align="R", after=14)
        self._write(f"{invoice.buyer_name}\n{invoice.buyer_address}".strip(), after=14)

    def _write_facts(self):
        invoice = self.invoice
        self._write(self._heading(), LARGE, after=3)
        facts = [_("Issued on %(day)s") % {"day": _day(invoice.issued_on)}]
        if invoice.due_on:
            facts.append(_("To be paid until %(day)s") % {"day": _day(invoice.due_on)})
        if invoice.cancels is not None:
            values = {"number": invoice.cancels.full_number}
            facts.append(_("Takes back invoice %(number)s") % values)
        if invoice.tax_number:
            facts.append(_("Tax number %(number)s") % {"number": invoice.tax_number})
        self._write("\n".join(facts), SMALL, GREY, after=8)

    def _write_lines(self):
        invoice = self.invoice
        self._rule()
        for line in invoice.lines:
            self._row(line["text"], Decimal(line["amount"]))
        self._rule()
        if invoice.tax_rate:
            self._row(_("Without tax"), invoice.net, GREY)
            rate = {"rate": number(invoice.tax_rate)}
            self._row(_("Tax of %(rate)s %%") % rate, invoice.tax, GREY)
        self._row(_("Total"), invoice.gross)
        if not invoice.tax_rate:
            self._write(_("No tax is charged."), SMALL, GREY)
        self.pdf.ln(8)

    def _row(self, text, amount, color=BLACK):
        self.pdf.set_font(LATIN, size=NORMAL)
        self.pdf.set_text_color(color)
        top, amount_width = self.pdf.get_y(), 40
        self.pdf.multi_cell(
            WIDTH - amount_width, LINE, self._drawable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        bottom = self.pdf.get_y()
        self.pdf.set_xy(MARGIN + WIDTH - amount_width, top)
        written = self._drawable(money(amount, self.invoice.currency))
        self.pdf.cell(amount_width, LINE, written, align="R")
        self.pdf.set_xy(MARGIN, bottom + 1)

    def _rule(self):
        self.pdf.set_draw_color(200)
        self.pdf.line(MARGIN, self.pdf.get_y(), MARGIN + WIDTH, self.pdf.get_y())
        self.pdf.ln(3)

    def _write_payment(self):
        invoice = self.invoice
        if invoice.kind == Invoice.Kind.CREDIT_NOTE:
            return
        if invoice.payment_details:
            self._write(invoice.payment_details, after=2)
        text = _("Please name the number %(number)s when you pay.")
        self._write(text % {"number": invoice.full_number}, SMALL, GREY)


#: What others wrote and the paper shows.
PRINTED = (
    "seller_name",
    "seller_address",
    "tax_number",
    "payment_details",
    "buyer_name",
    "buyer_address",
)


def _is_invisible(letter):
    """Marks that join, part or vary letters: where one stands alone in a font, fpdf2 finds nothing to draw and fails."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f"


def _day(day):
    return date_format(day, "DATE_FORMAT")
