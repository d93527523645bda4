"""Issuing invoices, and taking them back by credit notes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from billing.arithmetic import split_tax
from billing.models import BillingProfile, Invoice, Order
from billing.services.errors import BillingRefused
from tenancy.context import require_organization_id
from tenancy.models import Organization


@dataclass(frozen=True, slots=True)
class Billed:
    """To whom an invoice is written: name and address as the buyer gave them, and the language."""

    name: str
    address: str = ""
    language: str = ""


def seller() -> BillingProfile:
    """The organization as its invoices name it; by its name and contact where nobody has said more."""
    profile = BillingProfile.objects.first()
    if profile is not None:
        return profile
    organization = Organization.objects.get(pk=require_organization_id())
    return BillingProfile(
        seller_name=organization.name, seller_address=organization.contact_address
    )


def issue_invoice(
    order: Order, *, text: str, price: Decimal, currency: str, billed: Billed, now: datetime
) -> Invoice:
    """The invoice of an order, with one line. The database gives it the next number of its year.

    The number is kept back until the transaction ends, so whoever calls this does little after it.
    """
    profile = seller()
    net, tax = split_tax(price, profile.tax_rate)
    invoice = Invoice.objects.create(
        order=order,
        buyer_id=order.buyer_id,
        year=now.year,
        issued_on=now.date(),
        due_on=now.date() + timedelta(days=profile.payment_days),
        language=billed.language or translation.get_language() or "en",
        seller_name=profile.seller_name,
        seller_address=profile.seller_address,
        tax_number=profile.tax_number,
        payment_details=profile.payment_details,
        buyer_name=billed.name,
        buyer_address=billed.address,
        lines=[{"text": text, "amount": str(price)}],
        currency=currency,
        tax_rate=profile.tax_rate,
        net=net,
        tax=tax,
        gross=price,
    )
    invoice.refresh_from_db(fields=["year", "number"])
    return invoice


@transaction.atomic
def cancel_order(invoice_id: UUID, *, now: datetime) -> Invoice:
    """Take an unpaid order back: its invoice is cancelled by a credit note, which is returned.

    A repeat returns the same credit note. Raises BillingRefused where money came in.
    """
    invoice = lock_invoice(invoice_id)
    if invoice.status == Invoice.Status.CANCELLED:
        return invoice.credit_note
    if invoice.kind != Invoice.Kind.INVOICE:
        raise BillingRefused(_("A credit note cannot be taken back."))
    if invoice.payments.total():
        raise BillingRefused(_("Something was paid for it. Take the payment back first."))
    return _credit_note_for(invoice, now=now)


def _credit_note_for(invoice: Invoice, *, now: datetime) -> Invoice:
    """The counterpart of an unpaid invoice, which is cancelled by it; both keep their numbers."""
    invoice.status = Invoice.Status.CANCELLED
    invoice.save(update_fields=["status"])
    lines = [line | {"amount": str(-Decimal(line["amount"]))} for line in invoice.lines]
    copied = ("language", "seller_name", "seller_address", "tax_number", "buyer_name")
    copied += ("buyer_address", "currency", "tax_rate", "order_id", "buyer_id")
    note = Invoice.objects.create(
        kind=Invoice.Kind.CREDIT_NOTE,
        status=Invoice.Status.ISSUED,
        cancels=invoice,
        year=now.year,
        issued_on=now.date(),
        lines=lines,
        net=-invoice.net,
        tax=-invoice.tax,
        gross=-invoice.gross,
        **{name: getattr(invoice, name) for name in copied},
    )
    note.refresh_from_db(fields=["year", "number"])
    return note


def lock_invoice(invoice_id: UUID) -> Invoice:
    """The invoice, locked until the transaction ends. It is locked before its order's subscription."""
    return Invoice.objects.select_for_update(of=("self",), no_key=True).get(pk=invoice_id)
