"""What the demo schools sell: courses, plans, and orders in every state."""

from datetime import datetime
from decimal import Decimal

from billing.models import BillingProfile, Invoice, Payment, Plan, PlanScope
from billing.services import (
    Billed,
    cancel_order,
    order_course,
    order_plan,
    record_payment,
    start_subscription,
)
from config.seeding.demo_cast import Cast
from courses.models import Course
from enrollments import services as enrollments
from enrollments.standing import standing_of
from tenancy.models import Organization
from users.models import User

#: What the plans say of themselves, in the language of the demo schools.
TEXTS = {
    "monthly": {
        "name": "Evening Pass",
        "description": "For as long as you like.",
        "features": ["Ends with any month"],
    },
    "yearly": {
        "name": "Year Pass",
        "description": "For a year of learning.",
        "features": ["New courses from their first day"],
    },
    "shared": {"name": "Open Studio", "description": "A grant of the town pays for it."},
}


def add_billing(course: Course, cast: Cast) -> None:
    """The details of the seller, two plans for a person, and the orders of six weeks for a course and the plans."""
    seller = Organization.objects.get(pk=course.organization_id)
    BillingProfile.objects.create(
        seller_name=seller.name,
        seller_address="4 Quay Street\n00000 Anytown",
        tax_number="00/123/45678",
        tax_rate=Decimal("19.00"),
        payment_details="Transfer to account 0000 0000 00 and give the number of the invoice.",
    )
    monthly = Plan.objects.create(
        price=Decimal("19.00"), billing_cycle=Plan.Cycle.MONTH, **TEXTS["monthly"]
    )
    PlanScope.objects.create(plan=monthly, subject=course.subject)
    yearly = Plan.objects.create(
        price=Decimal("180.00"),
        billing_cycle=Plan.Cycle.YEAR,
        opens_all_courses=True,
        **TEXTS["yearly"],
    )
    _sell(course, monthly, yearly, cast)


def _sell(course, monthly, yearly, cast):
    """In the order of time, since invoices are numbered as they are issued."""
    people = cast.newcomers(course)
    first_named, *others = cast.students
    for buyer, days in zip(people[6:10], (48, 46, 45, 43), strict=True):
        _pay(_order(course, buyer, cast.ago(days)), cast.ago(days - 2), cast)
    paid = _order(course, people[0], cast.ago(40))
    _pay(paid, cast.ago(36), cast)
    cancelled = _order(course, people[1], cast.ago(30))
    _pay(_order_plan(yearly, people[2], cast.ago(26)), cast.ago(26), cast)
    _order(course, people[3], cast.ago(24))  # late by now
    cancel_order(cancelled.pk, now=cast.ago(22))
    _pay(_order(course, first_named, cast.ago(18)), cast.ago(15), cast)
    _pay(_order_plan(monthly, people[4], cast.ago(12)), cast.ago(11), cast)
    for student in others:
        _order(course, student, cast.ago(5))
    begun = _order_plan(yearly, people[5], cast.ago(3))
    _pay(begun, cast.ago(1), cast, amount=Decimal("60.00"))


def _order(course: Course, buyer: User, at: datetime) -> Invoice:
    return order_course(standing_of(buyer, course.pk), billed=_billed(buyer), now=at)


def _order_plan(plan: Plan, buyer: User, at: datetime) -> Invoice:
    return order_plan(plan, buyer, billed=_billed(buyer), now=at)


def _billed(buyer):
    return Billed(buyer.get_full_name(), "7 Mill Lane\n00000 Anytown", "en")


def _pay(invoice, at, cast, *, amount=None):
    record_payment(
        invoice.pk,
        amount=amount or invoice.gross,
        currency=invoice.currency,
        method=Payment.Method.TRANSFER,
        reference=invoice.full_number,
        received_on=at.date(),
        by=cast.admin,
        now=at,
    )


def add_shared_plan(course: Course, cast: Cast) -> None:
    """A plan that opens a paid course to everybody in the organization, and people who have come by it."""
    plan = Plan.objects.create(
        subject=Plan.Subject.ORGANIZATION,
        price=Decimal("900.00"),
        billing_cycle=Plan.Cycle.YEAR,
        **TEXTS["shared"],
    )
    PlanScope.objects.create(plan=plan, course=course)
    begun_at = cast.ago(60)
    start_subscription(plan, None, starts_on=begun_at.date(), now=begun_at)
    for number, student in enumerate(cast.newcomers(course)[:9]):
        enrollments.enroll(course.pk, student, by=student, now=cast.ago(50 - 5 * number))
