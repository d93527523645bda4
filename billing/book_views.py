"""The books, for those who keep them: invoices, what came in for them, and corrections."""

from decimal import Decimal
from functools import wraps

from django.contrib import messages
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing import permissions, services
from billing.filters import InvoiceFilter
from billing.forms import PaymentForm, TakeBackForm
from billing.models import Invoice, Payment
from lib.pagination import page_url, paginate
from tenancy import security

PER_PAGE = 50
ALL_STATES = "all"
#: What came in for an invoice; asked for those on a page alone, where a join would add up the whole books.
PAID = Coalesce(
    Subquery(
        Payment.objects.filter(invoice=OuterRef("pk"))
        .order_by()
        .values("invoice")
        .values_list(Sum("amount"))
    ),
    Decimal(0),
)


def keepers_only(view):
    """For all others the address does not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not permissions.can_manage_billing(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@keepers_only
@require_safe
def books(request):
    """All invoices and credit notes, newest first; what is open is shown at first."""
    status = request.GET.get("status", "")
    status = status if status in (*Invoice.Status.values, ALL_STATES) else Invoice.Status.OPEN.value
    chosen = {"status": status, "q": request.GET.get("q", "")}
    wanted = chosen | {"status": "" if status == ALL_STATES else status}
    rows = InvoiceFilter(wanted, queryset=Invoice.objects.all()).qs
    page = paginate(
        rows.annotate(paid=PAID),
        order=("-year", "-number", "-id"),
        cursor=request.GET.get("cursor"),
        size=PER_PAGE,
    )
    buyers = {row.buyer_id for row in page}
    security.record_disclosures(buyers, by=request.user, what="invoice", door="books")
    context = {
        "page": page,
        "chosen": chosen,
        "today": request.now.date(),
        "is_filtered": bool(chosen["q"]) or status != Invoice.Status.OPEN,
        "states": [*Invoice.Status.choices, (ALL_STATES, _("Every state"))],
        "next_url": page_url(chosen, page.next_cursor),
        "previous_url": page_url(chosen, page.previous_cursor),
    }
    return render(request, "billing/books.html", context)


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def payment(request, invoice_id):
    """Record what came in for an invoice."""
    rows = Invoice.objects.select_related("buyer", "order__course", "order__plan")
    invoice = get_object_or_404(rows, pk=invoice_id)
    if invoice.status != Invoice.Status.OPEN:
        messages.info(request, _("Nothing is owed for this invoice."))
        return redirect("billing:invoice", invoice_id)
    form = PaymentForm(
        request.POST or None,
        owed=invoice.gross - invoice.payments.total(),
        currency=invoice.currency,
        today=request.now.date(),
    )
    if form.is_valid():
        try:
            receipt = services.record_payment(
                invoice_id,
                currency=invoice.currency,
                by=request.user,
                now=request.now,
                **form.cleaned_data,
            )
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
        else:
            _say_received(request, receipt)
        return redirect("billing:invoice", invoice_id)
    return render(request, "billing/payment.html", {"invoice": invoice, "form": form})


def _say_received(request, receipt):
    if not receipt.is_paid:
        messages.success(request, _("Recorded. Something is still owed."))
    elif receipt.delivery:
        messages.success(request, _("Recorded. The invoice is paid, and the buyer is let in."))
    else:
        text = _("Recorded. The invoice is paid, but the buyer is not on the course: %(reason)s")
        messages.warning(request, text % {"reason": receipt.delivery.message})


@keepers_only
@require_http_methods(["GET", "HEAD", "POST"])
def payment_take_back(request, payment_id):
    """Correct a payment by a counter-entry."""
    rows = Payment.objects.select_related("invoice", "buyer")
    found = get_object_or_404(rows, pk=payment_id, corrects__isnull=True)
    form = TakeBackForm(request.POST or None)
    if form.is_valid():
        try:
            services.correct_payment(
                payment_id, reason=form.cleaned_data["reason"], by=request.user, now=request.now
            )
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Taken back by a counter-entry."))
        return redirect("billing:invoice", found.invoice_id)
    return render(request, "billing/payment_take_back.html", {"payment": found, "form": form})
