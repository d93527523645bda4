"""Invoices on paper: written for everybody, in the language of the invoice, the same each time."""

import re
import zlib
from datetime import UTC, datetime

import pytest

from billing import services
from billing.models import BillingProfile
from billing.pdf import draw_invoice
from billing.tests.factories import paid_course
from enrollments.standing import standing_of
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def buyer(organization):
    return UserFactory()


def invoice_for(buyer, *, language="en", name="Ada Stone", address="1 Harbor Road", **course):
    standing = standing_of(buyer, paid_course(**course).pk)
    billed = services.Billed(name, address, language)
    return services.order_course(standing, billed=billed, now=NOW)


def streams_of(pdf):
    """What is drawn on the pages, as the file holds it."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL)
    return [zlib.decompress(part) for part in found if part[:1] == b"\x78"]


def test_paper_is_one_page_and_the_same_each_time(buyer):
    invoice = invoice_for(buyer)
    pdf = draw_invoice(invoice)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert pdf == draw_invoice(invoice)


def test_paper_speaks_the_language_of_the_invoice(buyer):
    german = draw_invoice(invoice_for(buyer, language="de"))
    assert b"(de)" in german or b"/Lang (de" in german


def test_credit_note_is_drawn_without_how_to_pay(buyer):
    BillingProfile.objects.create(seller_name="Harbor", payment_details="IBAN 1", tax_rate=19)
    invoice = invoice_for(buyer)
    note = services.cancel_order(invoice.pk, now=NOW)
    assert len(streams_of(draw_invoice(note))[0]) < len(streams_of(draw_invoice(invoice))[0])


@pytest.mark.parametrize(
    "name",
    [
        "x" * 200,
        "word " * 40,
        "محمد الأمين",
        "王小明",
        "Ωμέγα Ж",
        "नमस्ते",
        "👩‍🚀 Ada",
        "محمد 👩‍🚀 王",
        "\u0378\uffff",
        "<b>&amp;**bold**",
    ],
)
def test_every_name_can_be_drawn(buyer, name):
    pdf = draw_invoice(invoice_for(buyer, name=name, address=f"{name}\n{name}", title=name[:200]))
    assert pdf.startswith(b"%PDF-")


def test_long_details_go_on_to_a_second_page(buyer):
    BillingProfile.objects.create(seller_name="Harbor", payment_details="IBAN 1\n" * 100)
    pdf = draw_invoice(invoice_for(buyer))
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 3
