"""The pages of buyers, and of those who keep the books."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from billing import services
from billing.models import BillingProfile, Invoice, Order, Payment, Subscription
from billing.tests.factories import (
    BILLED,
    PlanFactory,
    PlanScopeFactory,
    SubscriptionFactory,
    ordered,
    paid_course,
    pay,
)
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from lib.ids import uuid7
from tenancy.models import SecurityEvent
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FORM_TYPE = "application/x-www-form-urlencoded"
ADDRESS = {"name": "Ada Stone", "address": "1 Harbor Road"}


@pytest.fixture
def buyer(organization):
    return UserFactory()


@pytest.fixture
def browser(client, buyer):
    client.force_login(buyer)
    return client


@pytest.fixture
def keeper(organization):
    return UserFactory(admin=True)


@pytest.fixture
def course(organization):
    return paid_course(title="Knots", slug="knots")


def url(name, *args):
    return reverse(f"billing:{name}", args=args)


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


# Ordering


def test_course_page_shows_the_price_and_leads_to_the_order(browser, course):
    page = text_of(browser.get("/courses/knots/"))
    assert "This course costs €49.00." in page
    assert f'href="{url("order_course", "knots")}"' in page


def test_guest_sees_the_price(client, course):
    assert "€49.00" in text_of(client.get("/courses/knots/"))


def test_order_leads_to_the_invoice_with_how_to_pay(browser, buyer, course):
    BillingProfile.objects.create(seller_name="Harbor", payment_details="IBAN 1\nBIC 2")
    assert "€49.00" in text_of(browser.get(url("order_course", "knots")))
    answer = browser.post(url("order_course", "knots"), ADDRESS)
    invoice = Invoice.objects.get()
    assert answer.headers["Location"] == url("invoice", invoice.pk)
    assert (invoice.buyer, invoice.buyer_address) == (buyer, "1 Harbor Road")
    page = text_of(browser.get(url("invoice", invoice.pk)))
    assert "IBAN 1 BIC 2" in page
    assert "Name the number" in page
    assert "waits for the payment of invoice" in text_of(browser.get("/courses/knots/"))


def test_open_order_is_not_made_twice(browser, buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    answer = browser.get(url("order_course", "knots"))
    assert answer.headers["Location"] == url("invoice", invoice.pk)


def test_free_course_is_not_ordered(browser):
    CourseFactory(published=True, slug="free")
    page = browser.post(url("order_course", "free"), ADDRESS, follow=True)
    assert page.redirect_chain == [("/courses/free/", 302)]
    assert "This course is free." in text_of(page)
    assert Order.objects.count() == 0


def test_course_one_may_not_see_is_not_found(browser):
    paid_course(slug="hidden", visibility="private")
    assert browser.get(url("order_course", "hidden")).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"name": ""},
        {"name": "x" * 201},
        {"name": "A\x00da"},
        {"name": "Ada", "address": "x" * 1_000_000},
    ],
)
def test_order_with_impossible_input_is_asked_again(browser, course, sent):
    sent = urlencode(sent, errors="surrogatepass")
    answer = browser.generic("POST", url("order_course", "knots"), sent, content_type=FORM_TYPE)
    assert answer.status_code == 200
    assert "needs your attention" in text_of(answer)
    assert Order.objects.count() == 0


def test_order_is_taken_back_after_a_question(browser, buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    assert "Take the order back?" in text_of(browser.get(url("order_cancel", invoice.pk)))
    browser.post(url("order_cancel", invoice.pk))
    assert Order.objects.get().status == "cancelled"
    note = Invoice.objects.get(kind="credit_note")
    assert note.full_number in text_of(browser.get(url("invoice", invoice.pk)))
    assert invoice.full_number in text_of(browser.get(url("invoice", note.pk)))
    answer = browser.post(url("order_cancel", invoice.pk), follow=True)
    assert "Only an open invoice" in text_of(answer)


# Plans


def test_plans_say_what_they_open_and_hide_what_is_hidden(client, organization):
    plan = PlanFactory(name="Sea", opens_all_courses=False, features=["Mail help"])
    for course in (
        CourseFactory(published=True, title="Knots"),
        CourseFactory(published=True, title="Secret", visibility="private"),
        CourseFactory(title="Draft"),
    ):
        PlanScopeFactory(plan=plan, course=course)
    PlanScopeFactory(plan=plan, tag="rope")
    PlanFactory(name="Off", is_active=False)
    PlanFactory(name="Everyone", of_all=True)
    page = text_of(client.get(url("plans")))
    for text in ("Sea", "€12.00", "Mail help", "Course “Knots”", "All courses about “rope”"):
        assert text in page
    for text in ("Secret", "Draft", "Off<", "Everyone"):
        assert text not in page


def test_no_plan_at_all_says_so(client, organization):
    assert "No plans on offer" in text_of(client.get(url("plans")))


def test_plan_is_ordered_and_stands_in_the_overview(browser, buyer):
    plan = PlanFactory(name="Sea")
    assert "€12.00" in text_of(browser.get(url("order_plan", plan.pk)))
    browser.post(url("order_plan", plan.pk), ADDRESS)
    pay(Invoice.objects.get(), now=NOW)
    page = text_of(browser.get(url("overview")))
    assert "Sea" in page
    assert "Paid until" in page
    assert "You have it" in text_of(browser.get(url("plans")))
    assert browser.get(url("order_plan", plan.pk)).headers["Location"] == url("overview")


def test_plan_that_costs_nothing_is_taken_with_one_button(browser, buyer):
    plan = PlanFactory(price=0, billing_cycle="once")
    page = text_of(browser.get(url("order_plan", plan.pk)))
    assert "Take the plan" in page
    assert "obligation to pay" not in page
    sent = {"idempotency_key": str(uuid7())}
    answer = browser.post(url("order_plan", plan.pk), sent)
    assert answer.headers["Location"] == url("overview")
    assert Subscription.objects.get().user == buyer


def test_plan_is_cancelled_and_kept_after_all(browser, buyer):
    pay(services.order_plan(PlanFactory(), buyer, billed=BILLED, now=NOW), now=NOW)
    subscription = Subscription.objects.get()
    assert "Cancel “" in text_of(browser.get(url("subscription_cancel", subscription.pk)))
    browser.post(url("subscription_cancel", subscription.pk))
    assert "Your last day is" in text_of(browser.get(url("overview")))
    browser.post(url("subscription_resume", subscription.pk))
    subscription.refresh_from_db()
    assert (subscription.status, subscription.renews) == ("active", True)


def test_plan_of_somebody_else_is_not_found_not_even_by_staff(client, buyer, keeper):
    subscription = SubscriptionFactory(starts_on=date(2026, 1, 1), ends_on=date(2099, 1, 1))
    for person in (buyer, keeper):
        client.force_login(person)
        for name in ("subscription_cancel", "subscription_resume"):
            assert client.post(url(name, subscription.pk)).status_code == 404


def test_overview_without_anything_says_how_to_begin(browser):
    page = text_of(browser.get(url("overview")))
    assert "Nothing bought yet" in page
    assert "all invoices" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_overview_query_count_is_constant(browser, buyer, count, django_assert_max_num_queries):
    for course in [paid_course() for _ in range(count)]:
        ordered(course, buyer, now=NOW)
    SubscriptionFactory.create_batch(count, user=buyer)
    with django_assert_max_num_queries(7):
        page = browser.get(url("overview"))
    assert page.content.count(b"/invoices/") == count


# Invoices


@pytest.mark.parametrize("name", ["invoice", "invoice_pdf", "order_cancel"])
def test_invoice_is_for_its_buyer_and_the_keepers(client, buyer, keeper, course, name):
    invoice = ordered(course, buyer, now=NOW)
    for person, status in (
        (buyer, 200),
        (keeper, 200),
        (UserFactory(), 404),
        (UserFactory(instructor=True), 404),
    ):
        client.force_login(person)
        assert client.get(url(name, invoice.pk)).status_code == status


def test_look_at_somebody_elses_invoice_is_noted(client, buyer, keeper, course):
    invoice = ordered(course, buyer, now=NOW)
    client.force_login(keeper)
    client.get(url("invoice", invoice.pk))
    event = SecurityEvent.objects.get(kind="record_disclosed")
    assert (event.user_id, event.actor_id, event.details["number"]) == (
        buyer.pk,
        keeper.pk,
        invoice.full_number,
    )


def test_paid_invoice_leads_to_the_course(browser, buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    pay(invoice, now=NOW)
    assert "/courses/knots/" in text_of(browser.get(url("invoice", invoice.pk)))


# The books


def test_payment_page_lets_the_buyer_in(client, buyer, keeper, course):
    invoice = ordered(course, buyer, now=NOW)
    client.force_login(keeper)
    assert 'value="49.00"' in text_of(client.get(url("payment", invoice.pk)))
    sent = {"amount": "49.00", "received_on": NOW.date(), "method": "transfer"}
    page = client.post(url("payment", invoice.pk), sent, follow=True)
    assert "the buyer is let in" in text_of(page)
    assert Enrollment.objects.get().student == buyer
    assert Payment.objects.get().recorded_by == keeper
    again = client.post(url("payment", invoice.pk), sent, follow=True)
    assert "Nothing is owed" in text_of(again)


def test_full_course_is_told_to_the_keeper(client, buyer, keeper):
    course = paid_course(max_capacity=1, waitlist_enabled=False)
    invoice = ordered(course, buyer, now=NOW)
    services_course_is_filled(course)
    client.force_login(keeper)
    sent = {"amount": "49.00", "received_on": NOW.date(), "method": "cash"}
    page = client.post(url("payment", invoice.pk), sent, follow=True)
    assert "the buyer is not on the course: The only seat is taken." in text_of(page)


def services_course_is_filled(course):
    Enrollment.objects.create(course=course, student=UserFactory(), enrolled_at=NOW)


@pytest.mark.parametrize(
    "sent",
    [
        {"amount": "49.01"},
        {"amount": "0"},
        {"amount": "-1"},
        {"amount": "1e9999"},
        {"amount": "NaN"},
        {"amount": "9" * 10_000},
        {"amount": "1.001"},
        {"received_on": "2999-01-01"},
        {"received_on": "1901-01-01"},
        {"received_on": "never"},
        {"method": "gold"},
        {"reference": "x" * 201},
        {"reference": "a\x00b"},
    ],
)
def test_impossible_payment_is_asked_again(client, buyer, keeper, course, sent):
    invoice = ordered(course, buyer, now=NOW)
    client.force_login(keeper)
    facts = {"amount": "49.00", "received_on": NOW.date(), "method": "cash"} | sent
    answer = client.post(url("payment", invoice.pk), facts)
    assert answer.status_code == 200
    assert "needs your attention" in text_of(answer)
    assert Payment.objects.count() == 0


def test_payment_is_taken_back_by_a_counter_entry(client, buyer, keeper, course):
    invoice = ordered(course, buyer, now=NOW)
    payment = pay(invoice, now=NOW).payment
    client.force_login(keeper)
    assert "Take back €49.00?" in text_of(client.get(url("payment_take_back", payment.pk)))
    assert client.post(url("payment_take_back", payment.pk), {}).status_code == 200
    client.post(url("payment_take_back", payment.pk), {"reason": "Bounced"})
    page = text_of(client.get(url("invoice", invoice.pk)))
    for text in ("Counter-entry", "Taken back", "-€49.00", "Bounced"):
        assert text in page


def test_books_are_for_keepers(client, buyer, course):
    invoice = ordered(course, buyer, now=NOW)
    payment = pay(invoice, now=NOW).payment
    for person in (buyer, UserFactory(instructor=True)):
        client.force_login(person)
        for address in (
            url("books"),
            url("payment", invoice.pk),
            url("payment_take_back", payment.pk),
        ):
            assert client.get(address).status_code == 404


def test_books_show_what_is_open_first_and_can_be_filtered(client, keeper, course):
    ida, eve = UserFactory(last_name="Ida"), UserFactory(last_name="Eve")
    open_one = ordered(course, ida, now=NOW)
    paid_one = ordered(course, eve, now=NOW)
    pay(paid_one, now=NOW)
    client.force_login(keeper)

    def shown(query):
        page = text_of(client.get(url("books") + query))
        return [each.full_number for each in (open_one, paid_one) if each.full_number in page]

    first, second = open_one.full_number, paid_one.full_number
    assert shown("") == [first]
    assert shown("?status=paid") == [second]
    assert shown("?status=all") == [first, second]
    assert shown("?status=all&q=Eve") == [second]
    assert shown("?status=nonsense&q=%00&cursor=%ff") in ([first], [])
    assert "Nothing fits" in text_of(client.get(url("books") + "?q=nobody"))


@pytest.mark.parametrize("count", [1, 3])
def test_books_query_count_is_constant(
    client, keeper, course, count, django_assert_max_num_queries
):
    for _ in range(count):
        ordered(course, UserFactory(), now=NOW)
    client.force_login(keeper)
    with django_assert_max_num_queries(7):
        page = client.get(url("books"))
    assert page.content.count(b"Record a payment") == count


def test_books_are_paged(client, keeper, course, monkeypatch):
    monkeypatch.setattr("billing.book_views.PER_PAGE", 2)
    numbers = [ordered(course, UserFactory(), now=NOW).full_number for _ in range(3)]
    client.force_login(keeper)
    first = text_of(client.get(url("books")))
    assert [number in first for number in numbers] == [False, True, True]
    following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = text_of(client.get(url("books") + following))
    assert [number in second for number in numbers] == [True, False, False]


def test_page_about_the_place_tells_the_keepers_alone_what_was_paid(client, buyer, keeper, course):
    invoice = ordered(course, buyer, now=NOW)
    pay(invoice, now=NOW)
    place = Enrollment.objects.get(student=buyer)
    here = reverse("enrollments:person", args=[course.slug, place.pk])

    for person, is_told in ((keeper, True), (course.owner, False)):
        client.force_login(person)
        answer = client.get(here)
        assert answer.status_code == 200
        assert (f"{invoice.full_number} · Paid" in text_of(answer)) == is_told
