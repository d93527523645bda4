import json
import time
from pathlib import Path

import pytest

from lib.ids import uuid7
from lib.text import TextRefused, clean_json, clean_text, disarm_formula, slug_from


def test_uuid7_is_a_plain_uuid_that_sorts_by_time():
    first = uuid7()
    time.sleep(0.002)
    second = uuid7()

    assert (first.version, first.variant) == (7, "specified in RFC 4122")
    assert first < second
    assert type(first).__module__ == "uuid"


def test_clean_text_composes_and_makes_newlines_plain():
    assert clean_text("e\u0301\r\nb\rc\td") == "é\nb\nc\td"


@pytest.mark.parametrize("bad", ["\x00", "\x01", "\x0b", "\x1f", "\x7f", "\x85", "\x9b", "\ud800"])
def test_clean_text_refuses_what_cannot_be_stored_and_says_where(bad):
    with pytest.raises(TextRefused, match=f"U\\+{ord(bad):04X}.*after “before”"):
        clean_text(f"before{bad}after")


def test_clean_text_drops_controls_only_when_asked():
    assert clean_text("a\x00b\x1bc", drop_controls=True) == "abc"
    with pytest.raises(TextRefused):
        clean_text("a\udfff", drop_controls=True)


def test_clean_text_keeps_every_naughty_string_or_says_no(test_data):
    strings = json.loads(
        Path(test_data("hostile-text/naughty-strings/blns.json")).read_text("utf-8")
    )
    kept = 0
    for string in strings:
        try:
            cleaned = clean_text(string)
        except TextRefused:
            continue
        kept += 1
        assert clean_text(cleaned) == cleaned
        assert cleaned.encode().decode() == cleaned
    assert kept > 500


def test_clean_json_looks_into_keys_and_values():
    assert clean_json({"e\u0301": ["a\r\n", 1, None, True]}) == {"é": ["a\n", 1, None, True]}
    for bad in ({"a\x00": 1}, {"a": [{"b": "\x00"}]}):
        with pytest.raises(TextRefused):
            clean_json(bad)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Git & GitHub", "git-github"),
        ("Straße über Ñandú", "strasse-uber-nandu"),
        ("Курс Python 3", "python-3"),
        ("--__Hi__--", "hi"),
        ("a" * 90, "a" * 80),
        ("word " * 30, "-".join(["word"] * 16)),
    ],
)
def test_slug_from_says_what_it_can_in_ascii(title, slug):
    assert slug_from(title) == slug


@pytest.mark.parametrize("title", ["日本語", "", "🎉", "---", "\u202e"])
def test_slug_from_falls_back_to_a_short_id(title):
    first, second = slug_from(title), slug_from(title)

    assert len(first) == 8
    assert first.isalnum()
    assert first != second


def test_slug_from_counts_up_within_the_length():
    taken = {"a" * 10, "aaaaaaaa-2"}

    assert slug_from("a" * 30, 10, is_taken=taken.__contains__) == "aaaaaaaa-3"
    assert len(slug_from("a", 12, is_taken=lambda slug: "-" not in slug or len(slug) < 8)) <= 12


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "  =1", "＝1", "\ufeff=1"]
)
def test_disarm_formula_disarms(cell):
    assert disarm_formula(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "plain", "-5", "+3.50", "-1,5 %", "1e5", 7, None, "a=b"])
def test_disarm_formula_leaves_the_rest_alone(cell):
    assert disarm_formula(cell) == cell
