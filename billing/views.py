"""What is on offer, and what somebody bought."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing import permissions, services
from billing.entitlements import entitlements_of
from billing.forms import BilledForm, TakePlanForm
from billing.models import Invoice, Plan, Subscription
from billing.providers import PROVIDER
from billing.services.ordering import billed_before
from courses.models import Course
from courses.renames import follow_renames
from enrollments.standing import standing_of
from lib.access import public
from lib.pagination import page_url, paginate
from tenancy import security

INVOICES_PER_PAGE = 20
#: An organization has few plans; more than these nobody compares.
MOST_PLANS = 50


@public
@require_safe
def plans(request):
    """What one can subscribe to, with what each plan opens."""
    offered = Plan.objects.on_offer().prefetch_related("scopes__course", "scopes__subject")
    mine = set()
    if request.user.is_authenticated:
        live = Subscription.objects.live().filter(user=request.user)
        mine = set(live.values_list("plan_id", flat=True))
    context = {
        "plans": [(plan, _opened_by(plan), plan.pk in mine) for plan in offered[:MOST_PLANS]]
    }
    return render(request, "billing/plan_list.html", context)


def _opened_by(plan) -> list[str]:
    """What a plan opens, in words; courses that are not listed stay unnamed."""
    if plan.opens_all_courses:
        return [_("All courses")]
    texts = []
    for scope in plan.scopes.all():
        if scope.subject is not None:
            texts.append(_("All courses in “%(subject)s”") % {"subject": scope.subject.title})
        elif scope.tag:
            texts.append(_("All courses about “%(tag)s”") % {"tag": scope.tag})
        elif _is_listed(scope.course):
            texts.append(_("Course “%(course)s”") % {"course": scope.course.title})
    return texts


def _is_listed(course):
    is_public = course.visibility == Course.Visibility.PUBLIC
    return course.deleted_at is None and course.status == Course.Status.PUBLISHED and is_public


@require_safe
def overview(request):
    """The person's plans, and their invoices, newest first."""
    subscriptions = Subscription.objects.filter(user=request.user).select_related("plan")
    invoices = Invoice.objects.filter(buyer=request.user).select_related(
        "order__course", "order__plan"
    )
    cursor = request.GET.get("cursor")
    page = paginate(
        invoices, order=("-year", "-number", "-id"), cursor=cursor, size=INVOICES_PER_PAGE
    )
    context = {
        "subscriptions": subscriptions.order_by("-starts_on", "-id")[:MOST_PLANS],
        "page": page,
        "today": request.now.date(),
        "next_url": page_url({}, page.next_cursor),
        "previous_url": page_url({}, page.previous_cursor),
    }
    return render(request, "billing/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@follow_renames
def order_course(request, slug):
    standing = standing_of(request.user, slug=slug)
    if standing is None or not standing.is_visible:
        raise Http404
    decision = entitlements_of(standing, now=request.now)
    if decision:
        messages.info(request, decision.message)
        return redirect("courses:detail", slug)
    if decision.code == "unpaid":
        return redirect(decision.reason.url)
    form = _billed_form(request)
    if form.is_valid():
        try:
            invoice = services.order_course(
                standing, billed=form.billed(get_language()), now=request.now
            )
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
            return redirect("courses:detail", slug)
        return _ordered(request, invoice)
    context = {
        "form": form,
        "title": standing.title,
        "price": standing.price,
        "currency": standing.currency,
        "profile": services.seller(),
        "back": (_("Courses"), "courses:list"),
    }
    return render(request, "billing/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def order_plan(request, plan_id):
    plan = get_object_or_404(Plan.objects.on_offer(), pk=plan_id)
    if Subscription.objects.live().filter(user=request.user, plan=plan).exists():
        messages.info(request, _("You have this plan already."))
        return redirect("billing:overview")
    form = _billed_form(request) if plan.price else _take_form(request)
    if form.is_valid():
        try:
            bought = services.order_plan(
                plan, request.user, billed=form.billed(get_language()), now=request.now
            )
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
            return redirect("billing:plans")
        if isinstance(bought, Invoice):
            return _ordered(request, bought)
        messages.success(request, _("The plan is yours from now on."))
        return redirect("billing:overview")
    context = {
        "form": form,
        "title": plan.name,
        "price": plan.price,
        "currency": plan.currency,
        "cycle": plan.get_billing_cycle_display(),
        "profile": services.seller(),
        "back": (_("Plans"), "billing:plans"),
    }
    return render(request, "billing/order.html", context)


def _billed_form(request):
    if request.method == "POST":
        return BilledForm(request.POST)
    known = billed_before(request.user)
    return BilledForm(initial={"name": known.name, "address": known.address})


def _take_form(request):
    return TakePlanForm(request.POST if request.method == "POST" else None)


def _ordered(request, invoice):
    messages.success(request, _("Thank you. This is your invoice; we tell you when it is paid."))
    return redirect("billing:invoice", invoice.pk)


@require_safe
def invoice(request, invoice_id):
    """An invoice or credit note: for its buyer with how to pay, for who keeps the books with what came in."""
    found = _visible_invoice(request, invoice_id)
    payments = list(found.payments.select_related("correction").order_by("recorded_at", "id"))
    paid = sum(payment.amount for payment in payments)
    context = {
        "invoice": found,
        "payments": payments,
        "paid": paid,
        "owed": found.gross - paid,
        "instructions": PROVIDER.instructions_for(found),
        "credit_note": getattr(found, "credit_note", None),
        "is_own": found.buyer_id == request.user.pk,
        "keeps_books": permissions.can_manage_billing(request.user),
    }
    return render(request, "billing/invoice.html", context)


@require_safe
def invoice_pdf(request, invoice_id):
    from billing.pdf import draw_invoice  # noqa: PLC0415 -- costs megabytes, and few pages need it

    found = _visible_invoice(request, invoice_id)
    answer = HttpResponse(draw_invoice(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.full_number}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def order_cancel(request, invoice_id):
    """Take an order back that nothing was paid for."""
    found = _visible_invoice(request, invoice_id)
    if found.status != Invoice.Status.OPEN:
        messages.info(request, _("Only an open invoice can be taken back."))
        return redirect("billing:invoice", invoice_id)
    if request.method == "POST":
        try:
            services.cancel_order(invoice_id, now=request.now)
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The order is taken back. Nothing is owed."))
        return redirect("billing:invoice", invoice_id)
    return render(request, "billing/order_cancel.html", {"invoice": found})


def _visible_invoice(request, invoice_id):
    """An invoice that the person may see, 404 for others; a look at somebody else's is noted."""
    rows = Invoice.objects.select_related("order__course", "order__plan", "credit_note", "cancels")
    found = get_object_or_404(rows, pk=invoice_id)
    if not permissions.can_see_invoice(request.user, found):
        raise Http404
    if found.buyer_id != request.user.pk:
        security.record_disclosure(
            found.buyer_id, by=request.user, what="invoice", number=found.full_number
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def subscription_cancel(request, subscription_id):
    rows = Subscription.objects.select_related("plan")
    subscription = get_object_or_404(rows, pk=subscription_id, user=request.user)
    if request.method == "POST":
        try:
            services.cancel_subscription(subscription_id, now=request.now)
        except services.BillingRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Cancelled. You can take that back until the last day."))
        return redirect("billing:overview")
    return render(request, "billing/subscription_cancel.html", {"subscription": subscription})


@require_POST
def subscription_resume(request, subscription_id):
    subscription = get_object_or_404(Subscription, pk=subscription_id, user=request.user)
    try:
        services.resume_subscription(subscription.pk, now=request.now)
    except services.BillingRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The cancellation is taken back."))
    return redirect("billing:overview")
