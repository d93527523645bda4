import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from jinja2 import Environment

from lib import jinja


@pytest.fixture
def _empty_registry(monkeypatch):
    monkeypatch.setattr(jinja, "_globals", {})
    monkeypatch.setattr(jinja, "_filters", {})


@pytest.mark.usefixtures("_empty_registry")
def test_apply_gives_globals_and_filters_to_an_environment():
    jinja.register("twice", lambda x: x * 2)
    jinja.register_filter("shout", str.upper)
    env = Environment(autoescape=True)
    jinja.apply(env)

    assert (
        env.from_string("{{ twice(2) }} {{ 'a'|shout }} {{ 90|minutes }}").render()
        == "4 A 1 h 30 min"
    )


@pytest.mark.usefixtures("_empty_registry")
def test_register_refuses_a_second_owner_of_a_name():
    jinja.register("name", len)
    jinja.register("name", len)
    with pytest.raises(ValueError, match="name"):
        jinja.register("name", max)
    with pytest.raises(ValueError, match="percent"):
        jinja.register_filter("percent", max)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, "0 min"),
        (45, "45 s"),
        (89, "1 min"),
        (90, "2 min"),
        (3600, "1 h"),
        (4800, "1 h 20 min"),
        (dt.timedelta(hours=100), "100 h"),
        (-5, "0 min"),
    ],
)
def test_duration(seconds, text):
    assert jinja.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (Decimal("95"), 0, "95 %"),
        (Decimal("99.99"), 0, "99 %"),
        (Decimal("100.00"), 0, "100 %"),
        (66.666, 1, "66.6 %"),
        (None, 0, ""),
    ],
)
def test_percent_is_rounded_down(value, digits, text):
    assert jinja.percent(value, digits) == text


def test_number_has_the_separators_of_the_language():
    assert jinja.number(1234567) == "1,234,567"
    assert jinja.number(Decimal("2.500")) == "2.5"
    assert jinja.number(Decimal("1E+3")) == "1,000"
    with translation.override("de"):
        assert jinja.number(Decimal("1234.5"), 2) == "1.234,50"


def test_dates_are_told_in_the_readers_zone():
    moment = dt.datetime(2026, 1, 1, 23, 30, tzinfo=dt.UTC)
    with timezone.override("Europe/Berlin"):
        assert jinja.date(moment, "Y-m-d") == "2026-01-02"
        assert jinja.time(moment, "H:i") == "00:30"
    assert jinja.date(dt.date(2026, 1, 1), "Y-m-d") == "2026-01-01"
    assert jinja.datetime(None) == ""


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "Nov. 21, 2026, 7:02 p.m. UTC"),
        ("Europe/Berlin", "Nov. 21, 2026, 8:02 p.m. CET"),
    ],
)
def test_datetime_zone_names_the_zone(zone, told):
    moment = dt.datetime(2026, 11, 21, 19, 2, tzinfo=dt.UTC)

    with timezone.override(zone), translation.override("en"):
        assert jinja.datetime_zone(moment) == told
    assert jinja.datetime_zone(None) == ""
