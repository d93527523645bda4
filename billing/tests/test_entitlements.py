"""Who need not pay for a course, and why; and what the others read."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from billing import services
from billing.entitlements import entitlements, entitlements_of
from billing.tests.factories import (
    PlanFactory,
    PlanScopeFactory,
    SubscriptionFactory,
    ordered,
    paid_course,
    pay,
)
from courses.tests.factories import CourseFactory, CourseStaffFactory
from enrollments.decisions import decide_enrollment
from enrollments.models import Enrollment
from enrollments.services import EnrollmentRefused, enroll
from enrollments.standing import standing_of
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def person(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return paid_course(title="Knots", tags=["rope"])


def codes(person, course, now=NOW):
    decision = entitlements(person, course, now=now)
    return decision.allowed, [reason.code for reason in decision.reasons]


def test_free_course_is_for_everybody(person):
    for price in (None, 0):
        assert codes(person, CourseFactory(price=price)) == (True, ["free"])


def test_staff_need_not_pay(course):
    helper = CourseStaffFactory(course=course).user
    for teacher in (course.owner, helper, UserFactory(admin=True)):
        assert codes(teacher, course) == (True, ["staff"])


def test_buyer_is_entitled_once_it_is_paid(person, course):
    assert codes(person, course) == (False, ["payment"])
    invoice = ordered(course, person, now=NOW)
    assert codes(person, course) == (False, ["unpaid"])
    pay(invoice, now=NOW)
    assert codes(person, course) == (True, ["bought"])
    assert codes(UserFactory(), course) == (False, ["payment"])
    assert codes(person, paid_course()) == (False, ["payment"])


def test_reasons_name_the_price_and_the_next_step(person, course):
    price = entitlements(person, course, now=NOW).reason
    assert (price.text, price.url) == (
        "This course costs €49.00.",
        f"/courses/{course.slug}/order/",
    )
    invoice = ordered(course, person, now=NOW)
    unpaid = entitlements(person, course, now=NOW).reason
    assert unpaid.text == "Your place waits for the payment of invoice 2026-0001."
    assert unpaid.url == f"/invoices/{invoice.pk}/"


@pytest.mark.parametrize("is_of_all", [False, True])
def test_plan_opens_what_it_covers(person, course, is_of_all):
    plan = PlanFactory(name="Sea", opens_all_courses=False, of_all=is_of_all)
    subscription = SubscriptionFactory(
        plan=plan, user=None if is_of_all else person, starts_on=TODAY
    )
    code = "organization_plan" if is_of_all else "own_plan"
    assert codes(person, course) == (False, ["payment"])
    for scope in ({"course": course}, {"subject": course.subject}, {"tag": "rope"}):
        part = PlanScopeFactory(plan=plan, **scope)
        assert codes(person, course)[1] == [code]
        assert codes(person, paid_course())[0] is False
        part.delete()
    plan.opens_all_courses = True
    plan.save()
    assert codes(person, paid_course()) == (True, [code])
    assert codes(UserFactory(), course)[0] is is_of_all
    services.end_subscription(subscription.pk, now=NOW)
    assert codes(person, course)[0] is False


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"ends_on": date(2026, 3, 31)}, date(2026, 3, 31)),
        ({"ends_on": date(2026, 3, 31), "status": "trial"}, date(2026, 3, 31)),
        (
            {"ends_on": date(2026, 3, 31), "status": "cancelled", "cancelled_at": NOW},
            date(2026, 3, 31),
        ),
        ({"ends_on": date(2026, 3, 31), "renews": True}, date(2026, 4, 14)),
        ({"ends_on": date(2026, 3, 31), "renews": True, "status": "past_due"}, date(2026, 4, 14)),
    ],
)
def test_plan_holds_from_its_first_to_its_last_day(person, course, fields, last):
    SubscriptionFactory(user=person, starts_on=date(2026, 3, 1), **fields)
    for day, is_entitled in (
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (last, True),
        (last + timedelta(days=1), False),
    ):
        now = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC)
        assert codes(person, course, now)[0] is is_entitled, day


def test_plan_on_offer_is_named_beside_the_price(person, course):
    PlanFactory(name="Dear", price=100)
    PlanFactory(name="Sea", price=5)
    PlanFactory(name="Gone", price=1, is_active=False)
    PlanFactory(name="School", price=1, of_all=True)
    decision = entitlements(person, course, now=NOW)
    assert decision.message == "This course costs €49.00. The plan “Sea” opens it, too."


# Where it is asked


def test_enrolling_says_what_it_costs_word_for_word(person, course):
    decision = decide_enrollment(person, course, now=NOW)
    assert (decision.code, decision.message) == ("payment", "This course costs €49.00.")
    with pytest.raises(EnrollmentRefused, match="€49.00"):
        enroll(course.pk, person, by=person, now=NOW)


def test_whoever_has_a_plan_enrolls(person, course):
    SubscriptionFactory(user=person, starts_on=TODAY)
    enroll(course.pk, person, by=person, now=NOW)
    assert Enrollment.objects.get().status == "active"


@pytest.mark.parametrize(("price", "count"), [(None, 0), ("49.00", 1)])
def test_payment_costs_a_query_only_where_there_is_a_price(
    person, price, count, django_assert_num_queries
):
    standing = standing_of(person, CourseFactory(published=True, price=price).pk)
    with django_assert_num_queries(count):
        entitlements_of(standing, now=NOW)


def test_free_course_is_entered_without_a_look_at_the_books(person):
    course = CourseFactory(published=True)
    connection.force_debug_cursor = True
    try:
        enroll(course.pk, person, by=person, now=NOW)
        assert not [query for query in connection.queries if "billing_" in query["sql"]]
    finally:
        connection.force_debug_cursor = False
