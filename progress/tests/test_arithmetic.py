"""Percentages and engagement, at their edges."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.arithmetic import engagement_of, percent_of


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [
        (0, 0, "0"),
        (0, 3, "0"),
        (1, 3, "33.33"),
        (2, 3, "66.66"),
        (3, 3, "100"),
        (299, 300, "99.66"),
    ],
)
def test_percent_is_rounded_down(done, total, expected):
    assert percent_of(done, total) == Decimal(expected)


@given(st.integers(1, 5000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_percent_is_full_for_all_alone(pair):
    done, total = pair
    percent = percent_of(done, total)
    assert 0 <= percent <= 100
    assert (percent == 100) == (done == total)


def test_engagement_weighs_done_begun_and_time():
    assert engagement_of(done=0, begun=0, total=0, seconds=9, planned_seconds=0) == 0
    assert engagement_of(done=4, begun=4, total=4, seconds=600, planned_seconds=600) == 1
    half = engagement_of(done=2, begun=4, total=4, seconds=300, planned_seconds=600)
    assert half == Decimal("0.60")  # 0.6 of a half, 0.2, 0.2 of a half


@given(
    st.integers(0, 400), st.integers(0, 400), st.integers(0, 400), st.integers(0), st.integers(0)
)
def test_engagement_stays_between_nothing_and_one(done, begun, total, seconds, planned):
    score = engagement_of(
        done=done, begun=begun, total=total, seconds=seconds, planned_seconds=planned
    )
    assert 0 <= score <= 1
