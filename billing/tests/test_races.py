"""Numbers without gaps and money without doubles, however many write at once; and that the races are real."""

import functools
import threading

import pytest
from django.db import IntegrityError
from django.utils import timezone

from billing import services
from billing.invariants import check
from billing.models import Invoice, Payment
from billing.tests.factories import ordered, paid_course, pay
from enrollments.models import Enrollment
from enrollments.tests.racing import race
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 20


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


def committed(school, count):
    with organization_context(school):
        return paid_course(), UserFactory.create_batch(count)


def order(course, buyer):
    return ordered(course, buyer, now=timezone.now())


def order_and_fail(course, buyer):
    order(course, buyer)
    raise RuntimeError("the request breaks off")


def numbers(school):
    with organization_context(school):
        return sorted(Invoice.objects.values_list("number", flat=True))


def test_parallel_invoices_are_numbered_without_gaps(school):
    course, buyers = committed(school, BUYERS)
    tasks = [
        functools.partial(order_and_fail if number % 4 == 0 else order, course, buyer)
        for number, buyer in enumerate(buyers)
    ]

    results = race(school, tasks)

    failed = [result for result in results if isinstance(result, Exception)]
    assert [type(error) for error in failed] == [RuntimeError] * (BUYERS // 4)
    assert numbers(school) == list(range(1, BUYERS - BUYERS // 4 + 1))
    with organization_context(school):
        assert list(check()) == []


def test_numbering_by_looking_first_gives_one_number_to_all(school):
    course, buyers = committed(school, BUYERS)
    with organization_context(school):
        first = order(course, buyers[0])
    everybody_looked = threading.Barrier(BUYERS)

    def look():
        last = Invoice.objects.order_by("-number").first().number
        everybody_looked.wait(timeout=30)
        return last + 1

    assert race(school, [look] * BUYERS) == [first.number + 1] * BUYERS


def test_one_payment_recorded_by_two_counts_once(school):
    course, [buyer] = committed(school, 1)
    with organization_context(school):
        invoice = order(course, buyer)

    results = race(school, [functools.partial(pay, invoice, now=timezone.now())] * 6)

    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(error) for error in refused} == {services.BillingRefused}
    assert len(refused) == 5
    with organization_context(school):
        assert (Payment.objects.count(), Enrollment.objects.count()) == (1, 1)
        assert list(check()) == []


def test_database_refuses_the_second_payment_even_without_the_service(school):
    course, [buyer] = committed(school, 1)
    with organization_context(school):
        invoice = order(course, buyer)
    everybody_looked = threading.Barrier(6)

    def look_then_pay():
        owed = invoice.gross - invoice.payments.total()
        everybody_looked.wait(timeout=30)
        now = timezone.now()
        facts = {"currency": "EUR", "method": "cash", "received_on": now.date(), "recorded_at": now}
        return Payment.objects.create(invoice=invoice, buyer=buyer, amount=owed, **facts)

    results = race(school, [look_then_pay] * 6)

    refused = [result for result in results if isinstance(result, IntegrityError)]
    assert len(refused) == 5  # all of them had seen that everything was owed
    assert all("does not fit" in str(error) for error in refused)


def test_double_click_orders_once(school):
    course, [buyer] = committed(school, 1)

    results = race(school, [functools.partial(order, course, buyer)] * 8)

    assert all(isinstance(result, Invoice) for result in results), results
    assert len({result.pk for result in results}) == 1
    assert numbers(school) == [1]


def test_payment_and_cancellation_at_once_end_in_one_of_the_two(school):
    course, buyers = committed(school, 6)
    with organization_context(school):
        invoices = [order(course, buyer) for buyer in buyers]
    now = timezone.now()
    tasks = [functools.partial(pay, invoice, now=now) for invoice in invoices]
    tasks += [functools.partial(services.cancel_order, invoice.pk, now=now) for invoice in invoices]

    results = race(school, tasks)

    refused = [result for result in results if isinstance(result, Exception)]
    assert {type(error) for error in refused} <= {services.BillingRefused}
    with organization_context(school):
        states = list(Invoice.objects.filter(kind="invoice").values_list("status", flat=True))
        assert set(states) <= {"paid", "cancelled"}
        assert list(check()) == []
