"""What changed in a text, by words."""

import time

import pytest

from activity.differences import MAX_SHOWN, difference


def told(before, after):
    marks = {"same": "{}", "gone": "[-{}-]", "new": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in difference(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("one two three", "one two three", "one two three"),
        ("one two three", "one 2 three", "one [-two -][+2 +]three"),
        ("one two", "one two three", "one [-two-][+two three+]"),
        ("", "one", "[+one+]"),
        ("one", "", "[-one-]"),
        ("a\nb", "a\nc", "a\n[-b-][+c+]"),
    ],
)
def test_words_that_changed_are_marked(before, after, expected):
    assert told(before, after) == expected


def test_long_stretches_that_stayed_are_cut_to_their_ends():
    stayed = " ".join(f"w{number}" for number in range(200))
    text = told(f"{stayed} old end", f"{stayed} new end")
    assert text.startswith("… w188")
    assert text.endswith("[-old -][+new +]end")


def test_change_of_everything_is_cut():
    pieces = difference("x" * 1_000_000, "y" * 1_000_000)
    assert max(len(piece.text) for piece in pieces) <= MAX_SHOWN + 2


@pytest.mark.parametrize("unit", ["a ", "a b ", "\n", "x y z "])
def test_texts_that_repeat_themselves_take_no_time(unit):
    begun = time.perf_counter()
    difference(unit * 100_000, "start " + unit * 99_000 + "end")
    difference(unit * 900 + "m " + unit * 900, unit * 800 + "n " + unit * 1000)
    assert time.perf_counter() - begun < 3
