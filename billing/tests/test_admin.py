"""The back office of billing: plans are edited, subscriptions move by services, the books are to be read."""

from datetime import date

import pytest
from django.utils import timezone

from billing.models import BillingProfile, Invoice, Plan, PlanScope, Subscription
from billing.tests.factories import PlanFactory, SubscriptionFactory, ordered, paid_course, pay
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
ADMIN = "/admin/billing"
NO_PARTS = {"scopes-TOTAL_FORMS": "0", "scopes-INITIAL_FORMS": "0"}
PLAN = {"name": "Sea", "subject": "user", "price": "12.00", "currency": "EUR"}
PLAN |= {"billing_cycle": "month", "is_active": "on", "features": "Mail help\n\nTalks"}


@pytest.fixture
def browser(client, organization):
    client.force_login(UserFactory(admin=True))
    return client


def act(browser, model, action, *rows, **asked):
    data = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return browser.post(f"{ADMIN}/{model}/", data | asked, follow=True).content.decode()


def test_plan_is_made_with_what_it_gives_and_opens(browser):
    course = CourseFactory()
    part = {
        "scopes-TOTAL_FORMS": "1",
        "scopes-INITIAL_FORMS": "0",
        "scopes-0-course": str(course.pk),
    }
    answer = browser.post(f"{ADMIN}/plan/add/", PLAN | part)
    assert answer.status_code == 302, answer.content.decode()
    assert Plan.objects.get().features == ["Mail help", "Talks"]
    assert PlanScope.objects.get().course == course


@pytest.mark.parametrize(
    "sent",
    [
        {"price": "-1"},
        {"price": "1e99"},
        {"currency": "euro"},
        {"currency": "€€€"},
        {"name": "x" * 101},
        {"features": "x" * 101},
    ],
)
def test_impossible_plan_is_asked_again(browser, sent):
    assert browser.post(f"{ADMIN}/plan/add/", PLAN | NO_PARTS | sent).status_code == 200
    assert Plan.objects.count() == 0


def test_subscription_is_given_by_the_service(browser):
    plan, person = PlanFactory(), UserFactory()
    sent = {"plan": plan.pk, "user": person.pk, "starts_on": "2026-03-10", "ends_on": ""}
    answer = browser.post(f"{ADMIN}/subscription/add/", sent)
    assert answer.status_code == 302, answer.content.decode()
    given = Subscription.objects.get()
    assert (given.user, given.ends_on, given.renews) == (person, date(2026, 4, 9), True)
    again = browser.post(f"{ADMIN}/subscription/add/", sent)
    assert "already" in again.content.decode()
    assert Subscription.objects.count() == 1


def test_days_out_of_range_are_asked_again(browser):
    plan, person = PlanFactory(), UserFactory()
    sent = {"plan": plan.pk, "user": person.pk, "starts_on": "9999-12-31", "ends_on": ""}
    assert browser.post(f"{ADMIN}/subscription/add/", sent).status_code == 200
    assert Subscription.objects.count() == 0


def test_actions_move_subscriptions_and_say_what_does_not_fit(browser):
    running = SubscriptionFactory(starts_on=date(2026, 1, 1), ends_on=date(2099, 1, 1))
    endless = SubscriptionFactory()
    html = act(browser, "subscription", "cancel", running, endless)
    assert "Done for 1 entry." in html
    assert "has no end" in html
    act(browser, "subscription", "resume", running)
    running.refresh_from_db()
    assert running.status == "active"
    assert "close at once" in act(browser, "subscription", "end", running, endless)
    assert not Subscription.objects.filter(status="ended").exists()
    act(browser, "subscription", "end", running, endless, _confirmed="1")
    assert set(Subscription.objects.values_list("status", flat=True)) == {"ended"}


def test_invoice_is_taken_back_by_the_service(browser):
    course = paid_course()
    open_one = ordered(course, UserFactory(), now=NOW)
    paid_one = ordered(course, UserFactory(), now=NOW)
    pay(paid_one, now=NOW)
    html = act(browser, "invoice", "cancel", open_one, paid_one, _confirmed="1")
    assert "Done for 1 entry." in html
    assert "Something was paid" in html
    assert Invoice.objects.filter(kind="credit_note").count() == 1


def test_details_for_invoices_are_given_once(browser):
    assert browser.get(f"{ADMIN}/billingprofile/add/").status_code == 200
    BillingProfile.objects.create(seller_name="Harbor")
    assert browser.get(f"{ADMIN}/billingprofile/add/").status_code == 403


@pytest.mark.parametrize("model", ["order", "invoice", "payment", "planscope"])
def test_the_books_are_to_be_read(browser, model):
    pay(ordered(paid_course(), UserFactory(), now=NOW), now=NOW)
    assert browser.get(f"{ADMIN}/{model}/").status_code == 200
    assert browser.get(f"{ADMIN}/{model}/add/").status_code == 403


@pytest.mark.parametrize("model", ["subscription", "order", "invoice", "payment"])
@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(browser, model, count, django_assert_max_num_queries):
    for course in [paid_course() for _ in range(count)]:
        pay(ordered(course, UserFactory(), now=NOW), now=NOW)
    SubscriptionFactory.create_batch(count)
    browser.get(f"{ADMIN}/{model}/")
    with django_assert_max_num_queries(14):
        assert browser.get(f"{ADMIN}/{model}/").status_code == 200


def test_instructors_do_not_see_the_books(client, organization):
    client.force_login(UserFactory(instructor=True))
    for model in ("plan", "subscription", "order", "invoice", "payment", "billingprofile"):
        assert client.get(f"{ADMIN}/{model}/").status_code == 403
