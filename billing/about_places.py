"""What the page about somebody's place on a course tells of its payment."""

from collections.abc import Iterator

from django.urls import reverse

from billing.models import Invoice
from billing.permissions import can_manage_billing
from enrollments.about import Fact
from enrollments.models import Enrollment


def invoices_of(enrollment: Enrollment, viewer) -> Iterator[Fact]:
    """A line for each invoice over the course, the newest first, for who keeps the books alone. One query."""
    if not can_manage_billing(viewer):
        return
    invoices = Invoice.objects.filter(
        buyer=enrollment.student_id, order__course=enrollment.course_id
    )
    for invoice in invoices.order_by("-year", "-number"):
        text = f"{invoice.full_number} · {invoice.get_status_display()}"
        yield Fact(invoice.get_kind_display(), text, reverse("billing:invoice", args=[invoice.pk]))
