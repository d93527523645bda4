"""Tax and periods, for all prices, rates and days."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.arithmetic import months_later, next_period_end, period_end, split_tax

PRICES = st.decimals("0.01", "99999999.99", places=2)
RATES = st.decimals("0", "100", places=2)
DAYS = st.dates(date(2000, 1, 1), date(2190, 1, 1))
CYCLES = st.sampled_from(["month", "quarter", "year"])
CENT = Decimal("0.01")


@given(PRICES, RATES)
def test_net_and_tax_are_the_price_to_the_cent(gross, rate):
    net, tax = split_tax(gross, rate)
    assert net + tax == gross
    assert 0 <= tax < gross or rate == 0
    assert net == net.quantize(CENT)
    assert tax == tax.quantize(CENT)


@given(PRICES, RATES)
def test_tax_is_right_to_half_a_cent(gross, rate):
    net, tax = split_tax(gross, rate)
    assert abs(net * rate / 100 - tax) <= CENT * (1 + rate / 100) / 2


@given(PRICES)
def test_no_rate_is_no_tax(gross):
    assert split_tax(gross, Decimal(0)) == (gross, 0)


def test_tax_of_known_bills():
    assert split_tax(Decimal("119.00"), Decimal(19)) == (Decimal("100.00"), Decimal("19.00"))
    assert split_tax(Decimal("49.00"), Decimal(19)) == (Decimal("41.18"), Decimal("7.82"))
    assert split_tax(Decimal("0.01"), Decimal(19)) == (Decimal("0.01"), Decimal("0.00"))


@given(DAYS, CYCLES, st.integers(1, 60))
def test_periods_follow_one_another(starts_on, cycle, number):
    end, following = (period_end(starts_on, cycle, n) for n in (number, number + 1))
    assert starts_on < end < following
    assert next_period_end(starts_on, end, cycle) == following


@given(DAYS, CYCLES, st.integers(0, 2000))
def test_next_period_is_the_first_that_ends_later(starts_on, cycle, days):
    eve = starts_on + timedelta(days=days - 1)
    end = next_period_end(starts_on, eve, cycle)
    assert end > eve
    ends = [period_end(starts_on, cycle, number) for number in range(1, 70)]
    assert end == next(each for each in ends if each > eve)


@pytest.mark.parametrize(
    ("months", "day"), [(1, (2024, 2, 29)), (2, (2024, 3, 31)), (13, (2025, 2, 28))]
)
def test_short_months_do_not_shorten_what_follows(months, day):
    assert months_later(date(2024, 1, 31), months) == date(*day)


def test_plan_paid_once_has_no_end():
    assert period_end(date(2026, 1, 1), "once") is None
    assert next_period_end(date(2026, 1, 1), date(2026, 2, 1), "once") is None
