"""When a plan ends, places that it gave end with it; others stay."""

from datetime import UTC, date, datetime, timedelta

import pytest

from billing import places, services
from billing.models import Invoice, Subscription
from billing.tests.factories import (
    BILLED,
    PlanFactory,
    SubscriptionFactory,
    ordered,
    paid_course,
    pay,
)
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment, EnrollmentChange
from enrollments.services import enroll, place
from enrollments.services.expiry import expire, move_end
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
LAST_DAY = date(2026, 4, 9)
GRACE_ENDS = datetime(2026, 4, 24, tzinfo=UTC)


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def course(organization):
    return paid_course()


def subscribed(student):
    pay(services.order_plan(PlanFactory(), student, billed=BILLED, now=NOW), now=NOW)
    return Subscription.objects.get(user=student)


def joined(course, student, now=NOW):
    return enroll(course.pk, student, by=student, now=now)


def end_of(enrollment):
    enrollment.refresh_from_db()
    return enrollment.expires_at


def test_place_ends_with_the_plan_and_its_grace(student, course):
    subscribed(student)
    taken = joined(course, student)
    assert end_of(taken) is None
    assert places.follow_plans(now=NOW) == 1
    assert end_of(taken) == GRACE_ENDS
    assert places.follow_plans(now=NOW) == 0
    change = EnrollmentChange.objects.order_by("-at", "-id").first()
    assert change.reason.endswith("It follows the plan.")


def test_paid_period_moves_the_end_on(student, course):
    subscribed(student)
    taken = joined(course, student)
    services.roll_over(now=datetime(2026, 3, 27, tzinfo=UTC))
    assert end_of(taken) == GRACE_ENDS
    pay(Invoice.objects.get(status="open"), now=NOW)
    assert end_of(taken) == datetime(2026, 5, 24, tzinfo=UTC)


def test_cancelling_takes_the_grace_away_and_resuming_gives_it_back(student, course):
    subscription = subscribed(student)
    taken = joined(course, student)
    places.follow_plans(now=NOW)
    services.cancel_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == datetime(2026, 4, 10, tzinfo=UTC)
    services.resume_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == GRACE_ENDS


def test_ended_plan_ends_the_place_within_the_day(student, course):
    subscription = subscribed(student)
    later = NOW + timedelta(days=3)
    taken = joined(course, student)
    services.end_subscription(subscription.pk, now=later)
    assert end_of(taken) == datetime(2026, 3, 13, tzinfo=UTC)
    assert expire(taken.pk, now=later)
    taken.refresh_from_db()
    assert taken.status == "expired"


def test_who_subscribes_again_comes_back(student, course):
    subscription = subscribed(student)
    taken = joined(course, student)
    later = NOW + timedelta(days=3)
    services.end_subscription(subscription.pk, now=later)
    expire(taken.pk, now=later)
    services.start_subscription(PlanFactory(), student, starts_on=later.date(), now=later)
    assert joined(course, student, later).pk == taken.pk
    places.follow_plans(now=later)
    assert end_of(taken) > later


def test_bought_free_and_given_places_stay(student, course):
    subscription = subscribed(student)
    free = joined(CourseFactory(published=True), student)
    given = place(paid_course().pk, UserFactory(), by=None, now=NOW)
    bought = joined(course, student)
    other = paid_course()
    kept = joined(other, student)
    SubscriptionFactory(user=student, starts_on=NOW.date())  # another plan, without an end
    services.end_subscription(subscription.pk, now=NOW + timedelta(days=1))
    assert [end_of(taken) for taken in (free, given, bought, kept)] == [None] * 4


def test_place_that_was_bought_does_not_follow_a_plan(student, course):
    pay(ordered(course, student, now=NOW), now=NOW)
    subscription = subscribed(student)
    services.end_subscription(subscription.pk, now=NOW + timedelta(days=1))
    assert end_of(Enrollment.objects.get(student=student)) is None


def test_earlier_end_of_the_course_or_of_staff_stays(student):
    course = paid_course(access_days=5)
    subscription = subscribed(student)
    taken = joined(course, student)
    own_end = NOW + timedelta(days=5)
    assert places.follow_plans(now=NOW) == 0
    services.cancel_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == own_end


def test_later_end_is_brought_forward_only_when_the_plan_is_over(student, course):
    subscription = subscribed(student)
    taken = joined(course, student)
    by_staff = datetime(2027, 1, 1, tzinfo=UTC)
    move_end(taken.pk, by_staff, by=None, now=NOW)
    places.follow_plans(now=NOW)
    assert end_of(taken) == by_staff
    services.cancel_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == datetime(2026, 4, 10, tzinfo=UTC)


def test_end_that_moves_on_stays_before_the_end_of_the_course(student):
    course = paid_course(access_days=40)
    subscription = subscribed(student)
    taken = joined(course, student)
    services.cancel_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == datetime(2026, 4, 10, tzinfo=UTC)
    services.resume_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == NOW + timedelta(days=40)


def test_end_set_by_staff_stays_where_another_plan_has_no_end(student, course):
    subscription = subscribed(student)
    SubscriptionFactory(user=student, starts_on=NOW.date())
    taken = joined(course, student)
    by_staff = datetime(2027, 1, 1, tzinfo=UTC)
    move_end(taken.pk, by_staff, by=None, now=NOW)
    services.cancel_subscription(subscription.pk, now=NOW)
    assert end_of(taken) == by_staff


def test_plan_of_the_organization_ends_for_everybody(course):
    plan = PlanFactory(of_all=True)
    subscription = services.start_subscription(
        plan, None, starts_on=NOW.date(), ends_on=LAST_DAY, now=NOW
    )
    taken = [joined(course, student) for student in UserFactory.create_batch(3)]
    services.end_subscription(subscription.pk, now=NOW + timedelta(days=1))
    assert {end_of(each) for each in taken} == {datetime(2026, 3, 11, tzinfo=UTC)}


@pytest.mark.parametrize("count", [1, 3])
def test_following_asks_once_for_all_that_stays(course, count, django_assert_num_queries):
    for student in UserFactory.create_batch(count):
        SubscriptionFactory(user=student, starts_on=NOW.date(), ends_on=LAST_DAY)
        joined(course, student)
    places.follow_plans(now=NOW)
    with django_assert_num_queries(2):
        assert places.follow_plans(now=NOW) == 0
