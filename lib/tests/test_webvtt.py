"""Captions are checked line by line, and the message names the line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.webvtt import CaptionsRefused, check_webvtt

GOOD = """WEBVTT - of a talk
Kind: captions

NOTE written by hand

STYLE
::cue { color: white }

1
00:01.000 --> 00:04.000 align:start
Hello.

00:00:04.000 --> 00:00:06.500
- What is that?
- A cairn.
"""


@pytest.mark.parametrize("text", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD])
def test_well_formed_captions_are_counted(text):
    assert check_webvtt(text.encode()) == 2


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Hello", 1, "begin with the word WEBVTT"),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\na", 1, "begin with the word WEBVTT"),
        ("WEBVTT\n", 2, "no caption"),
        ("WEBVTT\n\nHello.\n", 3, "needs its times"),
        ("WEBVTT\n\n00:01,000 --> 00:02,000\na", 3, "Times look like"),
        ("WEBVTT\n\nname\n1:00 --> 2:00\na", 4, "Times look like"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\na", 3, "ends after it begins"),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:01.000 --> 00:02.000\nb",
            6,
            "before the one above",
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:03.000 --> 00:04.000\nb",
            5,
            "empty line between",
        ),
    ],
)
def test_first_wrong_line_is_named(text, line, said):
    with pytest.raises(CaptionsRefused) as refused:
        check_webvtt(text.encode())

    assert refused.value.line == line
    assert str(refused.value).startswith(f"Line {line}: ")
    assert said in str(refused.value)


def test_other_encodings_are_refused_at_their_line():
    with pytest.raises(CaptionsRefused, match="Line 4: This is no UTF-8 text"):
        check_webvtt("WEBVTT\n\n00:01.000 --> 00:02.000\nBüro".encode("cp1252"))


@given(st.binary(max_size=300).map(lambda data: b"WEBVTT\n\n" + data))
def test_anything_is_counted_or_refused(data):
    with contextlib.suppress(CaptionsRefused):
        assert check_webvtt(data) > 0
