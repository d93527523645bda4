"""What is sold, for tests."""

from decimal import Decimal

import factory
from django.utils import timezone

from billing import services
from billing.models import Plan, PlanScope, Subscription
from courses.tests.factories import CourseFactory
from enrollments.standing import standing_of
from users.tests.factories import UserFactory

BILLED = services.Billed("Ada Stone", "1 Harbor Road", "en")


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    class Params:
        of_all = factory.Trait(subject=Plan.Subject.ORGANIZATION)

    name = factory.Sequence(lambda number: f"Plan {number}")
    price = Decimal("12.00")
    opens_all_courses = True


class PlanScopeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanScope

    plan = factory.SubFactory(PlanFactory, opens_all_courses=False)


class SubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Subscription

    plan = factory.SubFactory(PlanFactory)
    user = factory.SubFactory(UserFactory)
    starts_on = factory.LazyFunction(lambda: timezone.now().date())


def paid_course(**fields):
    """A published course that costs something."""
    return CourseFactory(**({"published": True, "price": "49.00"} | fields))


def ordered(course, buyer, *, now):
    """The invoice of an order for a course."""
    standing = standing_of(buyer, course.pk)
    return services.order_course(standing, billed=BILLED, now=now)


def pay(invoice, *, now, by=None, **fields):
    """Record that the whole invoice is paid, or what `fields` say."""
    facts = {"amount": invoice.gross, "currency": invoice.currency, "method": "transfer"}
    facts |= {"received_on": now.date()} | fields
    return services.record_payment(invoice.pk, by=by, now=now, **facts)
