"""What the database holds of the books, whoever writes: numbers, papers and payments that stay, states that follow."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from billing import services
from billing.invariants import check
from billing.models import (
    BillingProfile,
    Invoice,
    Order,
    Payment,
    PlanScope,
    Subscription,
)
from billing.states import TRANSITIONS
from billing.tests.factories import (
    PlanFactory,
    SubscriptionFactory,
    ordered,
    paid_course,
    pay,
)
from courses.tests.factories import SubjectFactory
from tenancy.context import organization_context
from tenancy.tests.refusals import copy_of, refused_by
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STATES = Subscription.Status.values


@pytest.fixture
def buyer(organization):
    return UserFactory()


@pytest.fixture
def invoice(buyer):
    return ordered(paid_course(), buyer, now=NOW)


# Subscriptions


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("wanted", STATES)
def test_database_and_table_agree_on_every_step(organization, before, wanted):
    facts = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)}
    at = {"cancelled_at": NOW}
    subscription = SubscriptionFactory(
        status=before, **facts, **(at if before == "cancelled" else {})
    )
    rows = Subscription.objects.filter(pk=subscription.pk)

    def step():
        rows.update(status=wanted, cancelled_at=NOW if wanted == "cancelled" else None)

    if before == wanted or wanted in TRANSITIONS[before]:
        step()
    else:
        refused_by("billing_subscription_lawful_change", step)


def test_plan_fits_whom_it_is_given_to(buyer):
    for plan, user in ((PlanFactory(), None), (PlanFactory(of_all=True), buyer)):
        refused_by(
            "billing_subscription_fits_plan",
            lambda plan=plan, user=user: SubscriptionFactory(plan=plan, user=user),
        )


@pytest.mark.parametrize("is_of_all", [True, False])
def test_plan_is_had_once_at_a_time(buyer, is_of_all):
    plan = PlanFactory(of_all=is_of_all)
    user = None if is_of_all else buyer
    first = SubscriptionFactory(plan=plan, user=user)
    refused_by("billing_subscription_one_live", lambda: SubscriptionFactory(plan=plan, user=user))
    services.end_subscription(first.pk, now=NOW)
    SubscriptionFactory(plan=plan, user=user)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"ends_on": date(2025, 12, 31)}, "billing_subscription_end_after_start"),
        ({"starts_on": date(1999, 1, 1)}, "billing_subscription_days_range"),
        ({"status": "away"}, "billing_subscription_status_known"),
        ({"renews": True}, "billing_subscription_renews_while_live"),
        ({"status": "cancelled"}, "billing_subscription_cancelled_has_time"),
        ({"cancelled_at": NOW}, "billing_subscription_cancelled_has_time"),
    ],
)
def test_subscription_makes_sense(organization, fields, name):
    facts = {"starts_on": date(2026, 1, 1)} | fields
    refused_by(name, lambda: SubscriptionFactory(**facts))


# Plans


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"price": Decimal("-0.01")}, "billing_plan_price_range"),
        ({"currency": "eur"}, "billing_plan_currency_code"),
        ({"billing_cycle": "week"}, "billing_plan_cycle_known"),
        ({"subject": "class"}, "billing_plan_subject_known"),
    ],
)
def test_plan_makes_sense(organization, fields, name):
    refused_by(name, lambda: PlanFactory(**fields))


def test_plan_name_is_taken_once_whatever_its_case(organization):
    PlanFactory(name="Sea")
    refused_by("billing_plan_name_once", lambda: PlanFactory(name="SEA"))


def test_part_of_a_plan_is_one_thing(organization):
    plan, subject = PlanFactory(), SubjectFactory()
    for fields in ({}, {"subject": subject, "tag": "knots"}):
        refused_by(
            "billing_planscope_one_of_three",
            lambda fields=fields: PlanScope.objects.create(plan=plan, **fields),
        )
    PlanScope.objects.create(plan=plan, tag="knots")
    refused_by("billing_planscope_once", lambda: PlanScope.objects.create(plan=plan, tag="knots"))


# Invoices


def test_numbers_begin_anew_each_year_and_in_each_organization(buyer, other_organization):
    def number(day):
        return ordered(paid_course(), buyer, now=datetime(*day, tzinfo=UTC)).full_number

    assert [number((2026, 1, 1)), number((2026, 12, 31)), number((2027, 1, 1))] == [
        "2026-0001",
        "2026-0002",
        "2027-0001",
    ]
    with organization_context(other_organization):
        assert ordered(paid_course(), UserFactory(), now=NOW).full_number == "2026-0001"


def test_student_gets_the_next_number_of_all_not_of_their_own(organization, invoice):
    student = UserFactory()
    course = paid_course()
    with organization_context(organization, actor=student, using_private_rows_of=student):
        assert ordered(course, student, now=NOW).full_number == "2026-0002"
        assert [row.buyer for row in Invoice.objects.all()] == [student]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.private_to')")
            assert cursor.fetchone() == (str(student.pk),)


@pytest.mark.parametrize(
    "fields", [{"gross": 1, "net": 1, "tax": 0}, {"buyer_name": "X"}, {"number": 7}, {"lines": []}]
)
def test_invoice_is_not_changed(invoice, fields):
    rows = Invoice.objects.filter(pk=invoice.pk)
    refused_by("billing_invoice_stays", lambda: rows.update(**fields))


def test_invoice_is_not_deleted(invoice):
    rows = Invoice.objects.filter(pk=invoice.pk)
    refused_by("billing_invoice_stays", lambda: rows._raw_delete(rows.db))


@pytest.mark.parametrize("status", ["paid", "issued"])
def test_state_follows_from_payments(invoice, status):
    rows = Invoice.objects.filter(pk=invoice.pk)
    refused_by("billing_invoice_state_follows_payments", lambda: rows.update(status=status))


def test_invoice_with_money_in_it_is_not_cancelled(invoice):
    pay(invoice, now=NOW, amount=Decimal("1.00"))
    rows = Invoice.objects.filter(pk=invoice.pk)
    refused_by("billing_invoice_state_follows_payments", lambda: rows.update(status="cancelled"))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"gross": Decimal("49.01")}, "adds_up"),
        ({"currency": "eur"}, "currency_code"),
        ({"tax_rate": -1}, "tax_range"),
        ({"tax_rate": 101}, "tax_range"),
        ({"status": "issued"}, "kind_consistent"),
        ({"due_on": None}, "kind_consistent"),
        ({"kind": "credit_note"}, "kind_consistent"),
        ({"kind": "reminder"}, "kind_consistent"),
        ({"gross": 0, "net": 0, "tax": 0}, "kind_consistent"),
        ({}, "one_for_order"),
    ],
)
def test_invoice_makes_sense(invoice, fields, name):
    refused_by(f"billing_invoice_{name}", lambda: copy_of(invoice, **fields))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"tax_rate": -1}, "tax_range"),
        ({"tax_rate": 101}, "tax_range"),
        ({"payment_days": 366}, "days_range"),
    ],
)
def test_details_for_invoices_make_sense(organization, fields, name):
    facts = {"seller_name": "Harbor School"} | fields
    refused_by(f"billing_billingprofile_{name}", lambda: BillingProfile.objects.create(**facts))


def test_organization_has_one_set_of_details_for_invoices(organization):
    details = BillingProfile.objects.create(seller_name="Harbor School")
    refused_by("billing_billingprofile_once", lambda: copy_of(details))


# Orders


def test_order_stands_once(invoice):
    refused_by("billing_order_course_once", lambda: copy_of(invoice.order))


def test_order_is_for_a_course_or_for_a_plan(invoice):
    for fields in ({"course_id": None}, {"plan_id": PlanFactory().pk}):
        refused_by(
            "billing_order_course_or_plan",
            lambda fields=fields: copy_of(invoice.order, status="cancelled", **fields),
        )


def test_order_is_in_a_known_state(invoice):
    refused_by("billing_order_status_known", lambda: copy_of(invoice.order, status="away"))


def test_plan_is_asked_for_once_at_a_time(buyer):
    order = Order.objects.create(buyer=buyer, plan=PlanFactory(), ordered_at=NOW)
    refused_by("billing_order_plan_one_open", lambda: copy_of(order))
    copy_of(order, status="cancelled")


def test_period_of_a_subscription_is_sold_once(buyer):
    subscription = SubscriptionFactory(user=buyer)
    facts = {"buyer": buyer, "plan": subscription.plan, "ordered_at": NOW, "status": "paid"}
    day = {"subscription": subscription, "period_starts_on": NOW.date()}
    order = Order.objects.create(**facts, **day)
    refused_by("billing_order_period_once", lambda: copy_of(order))
    for half in day:
        refused_by(
            "billing_order_period_of_plan",
            lambda half=half: Order.objects.create(**facts, **{half: day[half]}),
        )


# Payments


def row_for(invoice, **fields):
    facts = {"amount": Decimal("1.00"), "currency": invoice.currency, "method": "cash"}
    facts |= {"received_on": NOW.date(), "recorded_at": NOW, "buyer_id": invoice.buyer_id}
    return Payment.objects.create(invoice=invoice, **(facts | fields))


@pytest.mark.parametrize(
    "fields", [{"amount": Decimal("49.01")}, {"currency": "USD"}, {"buyer": "somebody else"}]
)
def test_payment_fits_its_invoice(invoice, fields):
    if "buyer" in fields:
        fields = {"buyer_id": UserFactory().pk}
    refused_by("billing_payment_fits_invoice", lambda: row_for(invoice, **fields))


def test_money_comes_in_a_known_way(invoice):
    refused_by("billing_payment_method_known", lambda: row_for(invoice, method="shells"))


def test_last_payment_settles_invoice_and_order_without_any_service(invoice):
    row_for(invoice, amount=invoice.gross)
    invoice.refresh_from_db()
    assert (invoice.status, Order.objects.get().status) == ("paid", "paid")


def test_payment_is_neither_changed_nor_deleted(invoice):
    payment = row_for(invoice, recorded_by=UserFactory())
    rows = Payment.objects.filter(pk=payment.pk)
    for fields in ({"amount": 2}, {"reference": "X"}, {"recorded_by": UserFactory()}):
        refused_by("billing_payment_stays", lambda fields=fields: rows.update(**fields))
    refused_by("billing_payment_stays", lambda: rows._raw_delete(rows.db))
    assert rows.update(recorded_by=None) == 1


def test_counter_entry_takes_back_one_payment_of_its_invoice(buyer, invoice):
    payment = row_for(invoice, amount=Decimal("5.00"))
    for amount in ("-4.99", "-5.01"):
        refused_by(
            "billing_payment_fits_invoice",
            lambda amount=amount: row_for(invoice, amount=Decimal(amount), corrects=payment),
        )
    other = ordered(paid_course(), buyer, now=NOW)
    row_for(other, amount=Decimal("5.00"))
    refused_by(
        "billing_payment_fits_invoice",
        lambda: row_for(other, amount=Decimal("-5.00"), corrects=payment),
    )
    refused_by("billing_payment_sign", lambda: row_for(invoice, amount=Decimal("-5.00")))
    row_for(invoice, amount=Decimal("-5.00"), corrects=payment)
    assert list(check()) == []


def test_students_see_their_own_books_and_what_everybody_has(organization, buyer, invoice):
    row_for(invoice)
    mine, theirs = SubscriptionFactory(user=buyer), SubscriptionFactory()
    of_all = SubscriptionFactory(plan=PlanFactory(of_all=True), user=None)
    with organization_context(organization, using_private_rows_of=buyer):
        assert set(Subscription.objects.all()) == {mine, of_all}
        assert [Order.objects.count(), Invoice.objects.count(), Payment.objects.count()] == [1] * 3
    with organization_context(organization, using_private_rows_of=theirs.user):
        assert set(Subscription.objects.all()) == {theirs, of_all}
        assert [Order.objects.count(), Invoice.objects.count(), Payment.objects.count()] == [0] * 3


# What constraints cannot say


def test_check_finds_books_that_do_not_add_up(invoice):
    assert list(check()) == []
    Order.objects.update(status="paid")
    assert [found["what"] for found in check()] == ["invoice"]
