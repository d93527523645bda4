"""Ordering, paying, taking back: what each step does, refuses, and does when it is repeated."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing import services
from billing.invariants import check
from billing.models import BillingProfile, Invoice, Order, Payment, Subscription
from billing.services import BillingRefused, rolling
from billing.tests.factories import (
    BILLED,
    PlanFactory,
    SubscriptionFactory,
    ordered,
    paid_course,
    pay,
)
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from notifications.models import Notification
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def buyer(organization):
    return UserFactory()


@pytest.fixture
def keeper(organization):
    return UserFactory(admin=True)


@pytest.fixture
def course(organization):
    return paid_course(title="Knots")


@pytest.fixture(autouse=True)
def _books_add_up(organization):
    yield
    assert list(check()) == []


def told():
    return list(Notification.objects.order_by("kind").values_list("kind", "user"))


# Orders


def test_order_gives_an_invoice_that_says_what_it_is_for(buyer, course):
    BillingProfile.objects.create(
        seller_name="Harbor Ltd", tax_rate=19, payment_days=10, payment_details="IBAN 1"
    )
    invoice = ordered(course, buyer, now=NOW)

    assert invoice.full_number == "2026-0001"
    assert invoice.lines == [{"text": "Course “Knots”", "amount": "49.00"}]
    assert (invoice.net, invoice.tax, invoice.gross) == (
        Decimal("41.18"),
        Decimal("7.82"),
        Decimal("49.00"),
    )
    assert (invoice.seller_name, invoice.payment_details) == ("Harbor Ltd", "IBAN 1")
    assert (invoice.buyer_name, invoice.buyer_address) == ("Ada Stone", "1 Harbor Road")
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 10), date(2026, 3, 20))
    assert invoice.order.status == Order.Status.OPEN


def test_invoice_names_the_organization_where_nobody_said_more(buyer, course):
    assert ordered(course, buyer, now=NOW).seller_name == "Harbor School"


def test_order_is_told_to_those_who_keep_the_books(buyer, course, keeper):
    ordered(course, buyer, now=NOW)
    assert told() == [("billing.ordered", keeper.pk)]


def test_ordering_again_gives_the_same_invoice(buyer, course):
    first, again = ordered(course, buyer, now=NOW), ordered(course, buyer, now=NOW)
    assert first == again
    assert Order.objects.count() == 1


@pytest.mark.parametrize("price", [None, 0])
def test_free_course_is_not_ordered(buyer, price):
    course = CourseFactory(published=True, price=price)
    with pytest.raises(BillingRefused, match="This course is free"):
        ordered(course, buyer, now=NOW)


def test_course_that_was_bought_is_not_ordered_again(buyer, course):
    pay(ordered(course, buyer, now=NOW), now=NOW)
    with pytest.raises(BillingRefused, match="You have bought this course"):
        ordered(course, buyer, now=NOW)


def test_order_that_is_taken_back_leaves_a_credit_note(buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    note = services.cancel_order(invoice.pk, now=NOW)
    invoice.refresh_from_db()

    assert (note.full_number, note.cancels, note.gross) == ("2026-0002", invoice, -invoice.gross)
    assert (note.net + note.tax, note.status) == (note.gross, "issued")
    assert (invoice.status, invoice.order.status) == ("cancelled", "cancelled")
    assert services.cancel_order(invoice.pk, now=NOW) == note
    assert ordered(course, buyer, now=NOW).full_number == "2026-0003"


def test_credit_note_is_not_taken_back(buyer, course):
    note = services.cancel_order(ordered(course, buyer, now=NOW).pk, now=NOW)
    with pytest.raises(BillingRefused, match="cannot be taken back"):
        services.cancel_order(note.pk, now=NOW)


def test_order_with_money_in_it_is_not_taken_back(buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    pay(invoice, now=NOW, amount=Decimal("1.00"))
    with pytest.raises(BillingRefused, match="Something was paid"):
        services.cancel_order(invoice.pk, now=NOW)


# Payments


def test_payment_lets_the_buyer_in_at_once(buyer, course, keeper):
    invoice = ordered(course, buyer, now=NOW)
    receipt = pay(invoice, now=NOW, by=keeper, reference="Transfer 7")
    invoice.refresh_from_db()

    assert (receipt.is_paid, receipt.delivery.allowed) == (True, True)
    assert (invoice.status, invoice.order.status) == ("paid", "paid")
    assert (receipt.payment.recorded_by, receipt.payment.reference) == (keeper, "Transfer 7")
    assert Enrollment.objects.get(student=buyer, course=course).status == "active"
    assert ("billing.paid", buyer.pk) in told()


def test_part_of_the_amount_does_not_let_anybody_in(buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    first = pay(invoice, now=NOW, amount=Decimal("48.99"))
    assert (first.is_paid, Enrollment.objects.count()) == (False, 0)
    assert pay(invoice, now=NOW, amount=Decimal("0.01")).is_paid
    assert Enrollment.objects.count() == 1


@pytest.mark.parametrize("amount", ["0", "-1", "49.01", "9999999999.99"])
def test_amount_that_is_not_owed_is_refused(buyer, course, amount):
    invoice = ordered(course, buyer, now=NOW)
    with pytest.raises(BillingRefused, match="What is still owed is €49.00"):
        pay(invoice, now=NOW, amount=Decimal(amount))
    assert Payment.objects.count() == 0


def test_other_currency_is_refused(buyer, course):
    with pytest.raises(BillingRefused, match="in EUR"):
        pay(ordered(course, buyer, now=NOW), now=NOW, currency="USD")


def test_cancelled_invoice_is_not_paid(buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    note = services.cancel_order(invoice.pk, now=NOW)
    for paper in (invoice, note):
        with pytest.raises(BillingRefused, match="taken back"):
            pay(paper, now=NOW)


def test_full_course_keeps_the_payment_and_says_why(buyer, keeper):
    course = paid_course(max_capacity=1, waitlist_enabled=False)
    EnrollmentFactory(course=course)
    receipt = pay(ordered(course, buyer, now=NOW), now=NOW, by=keeper)

    assert receipt.is_paid
    assert receipt.delivery.code == "full"
    assert not Enrollment.objects.filter(student=buyer).exists()


def test_counter_entry_opens_the_invoice_again(buyer, course, keeper):
    invoice = ordered(course, buyer, now=NOW)
    payment = pay(invoice, now=NOW).payment
    entry = services.correct_payment(payment.pk, reason="Wrong invoice", by=keeper, now=NOW)
    invoice.refresh_from_db()

    assert (entry.amount, entry.corrects, entry.reference) == (
        -payment.amount,
        payment,
        "Wrong invoice",
    )
    assert (invoice.status, invoice.order.status) == ("open", "open")
    again = services.correct_payment(payment.pk, reason="Again", by=keeper, now=NOW)
    assert (again, Payment.objects.count()) == (entry, 2)
    with pytest.raises(BillingRefused, match="counter-entry"):
        services.correct_payment(entry.pk, reason="No", by=keeper, now=NOW)
    assert pay(invoice, now=NOW).is_paid


def test_credit_note_is_not_paid(buyer, course):
    note = services.cancel_order(ordered(course, buyer, now=NOW).pk, now=NOW)
    with pytest.raises(BillingRefused, match="Nothing is owed for it"):
        pay(note, now=NOW, amount=Decimal("1.00"))


# Plans


def test_paid_plan_begins_and_renews(buyer):
    plan = PlanFactory(name="Sea")
    invoice = services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    assert Subscription.objects.count() == 0
    pay(invoice, now=NOW)

    subscription = Subscription.objects.get()
    assert (subscription.user, subscription.status, subscription.renews) == (buyer, "active", True)
    assert (subscription.starts_on, subscription.ends_on) == (date(2026, 3, 10), date(2026, 4, 9))


def test_paid_plan_is_the_buyers_beside_other_plans_and_other_people(buyer):
    plan = PlanFactory()
    others = [SubscriptionFactory(user=buyer), SubscriptionFactory(plan=plan)]
    pay(services.order_plan(plan, buyer, billed=BILLED, now=NOW), now=NOW)

    own = Subscription.objects.get(plan=plan, user=buyer)
    assert (own.starts_on, own.ends_on) == (date(2026, 3, 10), date(2026, 4, 9))
    for other in others:
        other.refresh_from_db()
        assert other.ends_on is None


@pytest.mark.parametrize(
    ("given", "ends_on"), [(date(2026, 4, 20), date(2026, 5, 9)), (None, date(2026, 5, 9))]
)
def test_payment_for_a_plan_that_was_given_meanwhile_lets_it_go_on(buyer, given, ends_on):
    plan = PlanFactory()
    invoice = services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    services.start_subscription(plan, buyer, starts_on=NOW.date(), ends_on=given, now=NOW)
    pay(invoice, now=NOW)
    assert Subscription.objects.get().ends_on == ends_on


def test_payment_for_a_plan_that_was_given_for_ever_changes_nothing(buyer):
    plan = PlanFactory()
    invoice = services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    given = SubscriptionFactory(plan=plan, user=buyer, starts_on=NOW.date())
    pay(invoice, now=NOW)
    given.refresh_from_db()
    assert (given.status, given.ends_on) == ("active", None)


def test_plan_of_the_organization_does_not_renew(organization):
    plan = PlanFactory(of_all=True)
    given = services.start_subscription(plan, None, starts_on=NOW.date(), now=NOW)
    assert (given.renews, given.ends_on) == (False, date(2026, 4, 9))


def test_plan_without_a_price_begins_at_once(buyer):
    plan = PlanFactory(price=0, billing_cycle="once")
    subscription = services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    assert (subscription.status, subscription.ends_on, subscription.renews) == (
        "active",
        None,
        False,
    )
    assert Invoice.objects.count() == 0


def test_plan_that_one_has_or_that_is_off_is_not_ordered(buyer):
    plan = SubscriptionFactory(user=buyer).plan
    with pytest.raises(BillingRefused, match="You have this plan already"):
        services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    for plan in (PlanFactory(is_active=False), PlanFactory(of_all=True)):
        with pytest.raises(BillingRefused, match="not on offer"):
            services.order_plan(plan, buyer, billed=BILLED, now=NOW)


def test_plan_that_is_over_is_ordered_anew_and_once(buyer):
    plan = PlanFactory()
    paid = services.order_plan(plan, buyer, billed=BILLED, now=NOW)
    pay(paid, now=NOW)
    services.end_subscription(Subscription.objects.get().pk, now=NOW)

    first, again = (services.order_plan(plan, buyer, billed=BILLED, now=NOW) for _ in range(2))

    assert first == again != paid
    assert Invoice.objects.filter(status="open").get() == first


def test_payment_taken_back_makes_the_plan_late_and_paid_again_good(buyer, keeper):
    invoice = services.order_plan(PlanFactory(), buyer, billed=BILLED, now=NOW)
    payment = pay(invoice, now=NOW).payment
    services.correct_payment(payment.pk, reason="Bounced", by=keeper, now=NOW)
    assert Subscription.objects.get().status == "past_due"

    pay(invoice, now=NOW)
    subscription = Subscription.objects.get()
    assert (subscription.status, subscription.ends_on) == ("active", date(2026, 4, 9))


def renewed(buyer):
    """A subscription of one month, and the invoice of its next period."""
    pay(services.order_plan(PlanFactory(), buyer, billed=BILLED, now=NOW), now=NOW)
    services.roll_over(now=datetime(2026, 3, 27, tzinfo=UTC))
    return Subscription.objects.get(), Invoice.objects.get(status="open")


def test_next_period_is_billed_two_weeks_before_and_once(buyer):
    pay(services.order_plan(PlanFactory(), buyer, billed=BILLED, now=NOW), now=NOW)
    services.roll_over(now=datetime(2026, 3, 25, tzinfo=UTC))
    assert Invoice.objects.count() == 1
    for _ in range(2):
        services.roll_over(now=datetime(2026, 3, 26, tzinfo=UTC))
    invoice = Invoice.objects.get(status="open")
    assert invoice.order.period_starts_on == date(2026, 4, 10)
    assert (invoice.buyer_name, invoice.buyer_address) == (BILLED.name, BILLED.address)
    assert ("billing.renewal", buyer.pk) in told()


def test_next_period_is_billed_to_the_buyer_and_not_to_whoever_ordered_last(buyer):
    pay(services.order_plan(PlanFactory(), buyer, billed=BILLED, now=NOW), now=NOW)
    stranger = services.Billed("Bo Reed", "2 Summit Road", "de")
    services.order_plan(PlanFactory(), UserFactory(), billed=stranger, now=NOW)
    services.roll_over(now=datetime(2026, 3, 26, tzinfo=UTC))
    invoice = Invoice.objects.get(order__period_starts_on=date(2026, 4, 10))
    assert (invoice.buyer_name, invoice.buyer_address, invoice.language) == (
        BILLED.name,
        BILLED.address,
        "en",
    )


def test_first_invoice_of_a_plan_that_was_given_is_in_the_language_of_the_account(organization):
    person = UserFactory(language="de")
    services.start_subscription(PlanFactory(), person, starts_on=NOW.date(), now=NOW)
    services.roll_over(now=datetime(2026, 3, 26, tzinfo=UTC))
    invoice = Invoice.objects.get()
    assert (invoice.buyer_name, invoice.language) == (person.display_name, "de")


def test_paid_period_lets_the_plan_go_on(buyer):
    subscription, invoice = renewed(buyer)
    pay(invoice, now=NOW + timedelta(days=20))
    subscription.refresh_from_db()
    assert (subscription.ends_on, subscription.status) == (date(2026, 5, 9), "active")


def test_unpaid_period_makes_the_plan_late_then_ends_it(buyer):
    subscription, _invoice = renewed(buyer)
    services.roll_over(now=datetime(2026, 4, 10, tzinfo=UTC))
    subscription.refresh_from_db()
    assert subscription.status == "past_due"
    services.roll_over(now=datetime(2026, 4, 23, tzinfo=UTC))
    subscription.refresh_from_db()
    assert subscription.status == "past_due"
    services.roll_over(now=datetime(2026, 4, 24, tzinfo=UTC))
    subscription.refresh_from_db()
    assert (subscription.status, subscription.ends_on) == ("ended", date(2026, 4, 9))


def test_plan_is_late_only_after_its_last_day(buyer):
    subscription, _invoice = renewed(buyer)
    services.roll_over(now=datetime(2026, 4, 9, 23, tzinfo=UTC))
    subscription.refresh_from_db()
    assert subscription.status == "active"
    rolling.mark_late(subscription.pk, today=date(2026, 4, 9))
    subscription.refresh_from_db()
    assert subscription.status == "active"


def test_only_what_renews_for_a_person_is_billed(organization):
    ends = {"starts_on": NOW.date(), "ends_on": date(2026, 3, 20)}
    subscriptions = [
        SubscriptionFactory(**ends),
        SubscriptionFactory(plan=PlanFactory(of_all=True), user=None, renews=True, **ends),
        SubscriptionFactory(starts_on=NOW.date()),
        SubscriptionFactory(status="ended", **ends),
    ]
    for day in (10, 20):
        services.roll_over(now=datetime(2026, 3, day, tzinfo=UTC))
    assert Invoice.objects.count() == 0
    for subscription in subscriptions:
        subscription.refresh_from_db()
    assert [row.status for row in subscriptions] == ["active", "active", "active", "ended"]


def test_late_payment_saves_the_plan(buyer):
    subscription, invoice = renewed(buyer)
    services.roll_over(now=datetime(2026, 4, 12, tzinfo=UTC))
    pay(invoice, now=datetime(2026, 4, 12, tzinfo=UTC))
    subscription.refresh_from_db()
    assert (subscription.status, subscription.ends_on) == ("active", date(2026, 5, 9))


def test_nothing_is_owed_for_a_plan_that_is_over(buyer):
    subscription, invoice = renewed(buyer)
    for now in (datetime(2026, 4, 10, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)):
        services.roll_over(now=now)
    subscription.refresh_from_db()
    invoice.refresh_from_db()
    assert (subscription.status, invoice.status) == ("ended", "cancelled")


def test_cancelled_plan_stays_until_its_last_day(buyer):
    subscription, invoice = renewed(buyer)
    for _ in range(2):
        services.cancel_subscription(subscription.pk, now=NOW)
    subscription.refresh_from_db()
    invoice.refresh_from_db()
    assert (subscription.status, subscription.renews, subscription.ends_on) == (
        "cancelled",
        False,
        date(2026, 4, 9),
    )
    assert invoice.status == "cancelled"

    services.roll_over(now=datetime(2026, 4, 9, 23, tzinfo=UTC))
    subscription.refresh_from_db()
    assert subscription.status == "cancelled"
    services.roll_over(now=datetime(2026, 4, 10, tzinfo=UTC))
    subscription.refresh_from_db()
    assert subscription.status == "ended"


def test_cancellation_is_taken_back(buyer):
    subscription, _invoice = renewed(buyer)
    services.cancel_subscription(subscription.pk, now=NOW)
    subscription = services.resume_subscription(subscription.pk, now=NOW)
    assert (subscription.status, subscription.renews, subscription.cancelled_at) == (
        "active",
        True,
        None,
    )
    services.end_subscription(subscription.pk, now=NOW)
    with pytest.raises(BillingRefused, match="Only a cancelled"):
        services.resume_subscription(subscription.pk, now=NOW)


def test_cancellation_is_taken_back_until_the_end_of_the_last_day(buyer):
    subscription, _invoice = renewed(buyer)
    services.cancel_subscription(subscription.pk, now=NOW)
    with pytest.raises(BillingRefused, match="Only a cancelled"):
        services.resume_subscription(subscription.pk, now=datetime(2026, 4, 10, tzinfo=UTC))
    last_moment = datetime(2026, 4, 9, 23, 59, tzinfo=UTC)
    assert services.resume_subscription(subscription.pk, now=last_moment).status == "active"


def test_cancelling_leaves_an_invoice_with_money_in_it(buyer):
    subscription, invoice = renewed(buyer)
    pay(invoice, now=NOW, amount=Decimal("1.00"))
    services.cancel_subscription(subscription.pk, now=NOW)
    subscription.refresh_from_db()
    invoice.refresh_from_db()
    assert (subscription.status, invoice.status) == ("cancelled", "open")


def test_plan_without_an_end_is_not_cancelled(organization):
    with pytest.raises(BillingRefused, match="has no end"):
        services.cancel_subscription(SubscriptionFactory().pk, now=NOW)


def test_ended_plan_is_not_cancelled(buyer):
    subscription = SubscriptionFactory(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
    services.end_subscription(subscription.pk, now=NOW)
    with pytest.raises(BillingRefused, match="“Ended” cannot become “Cancelled”"):
        services.cancel_subscription(subscription.pk, now=NOW)


def test_trial_ends_on_its_last_day(buyer):
    plan, start = PlanFactory(), NOW.date()
    with pytest.raises(BillingRefused, match="A trial needs a last day"):
        services.start_subscription(plan, buyer, starts_on=start, is_trial=True, now=NOW)
    trial = services.start_subscription(
        plan, buyer, starts_on=start, ends_on=start, is_trial=True, now=NOW
    )
    assert trial.status == "trial"
    with pytest.raises(BillingRefused, match="already"):
        services.start_subscription(plan, buyer, starts_on=start, now=NOW)
    services.roll_over(now=NOW + timedelta(days=1))
    trial.refresh_from_db()
    assert trial.status == "ended"


def test_plan_for_one_is_not_given_to_all(buyer):
    for plan, user in ((PlanFactory(), None), (PlanFactory(of_all=True), buyer)):
        with pytest.raises(BillingRefused, match="for somebody else"):
            services.start_subscription(plan, user, starts_on=NOW.date(), now=NOW)
