"""The file that calendar programs read: read back by the library that reads everybody's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from agenda.calendar import calendar_of
from agenda.dates import Date

AT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SAMPLES = Path(settings.TEST_DATA) / "bulk-uploads" / "calendar"

HOSTILE = [
    "Loops; “while”, for: all\\n of it",
    "END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VEVENT",
    "line\u2028separator\u2029and\x85next\x0b\x0c\x1c\x1d",
    "👩‍👩‍👧‍👦 " * 60,
    "مرحبا, 日本語; Ünïcödé " * 20,
    "\\\\;;,,\\n",
    '=HYPERLINK("x")',
    "^n^'^^",
    "",
]


def date_at(at=AT, **fields):
    given = {
        "person_id": uuid4(),
        "kind": "test.talk",
        "uid": "talk.1",
        "source": "talk:1",
        "at": at,
        "name": "Loops",
        "course": "Python",
        "slug": "python",
        "url": "/courses/python/",
        "changed_at": CHANGED,
    }
    return Date(**given | fields)


def written(*dates, name="Harbor School"):
    return calendar_of(dates, name=name, origin="https://harbor.example", site="harbor")


def events_in(body):
    return Calendar.from_ical(body).walk("VEVENT")


def test_event_says_what_and_when_and_where(held):
    (event,) = events_in(written(date_at()))

    assert event["uid"] == "talk.1@harbor"
    assert event["summary"] == "Loops"
    assert event["description"] == "Python"
    assert event["url"] == "https://harbor.example/courses/python/"
    assert event.decoded("dtstart") == AT
    assert event.decoded("dtstamp") == event.decoded("last-modified") == CHANGED
    assert "dtend" not in event


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(held, text):
    body = written(date_at(name=text, course=text), date_at(uid="talk.2"), name=text)

    calendar = Calendar.from_ical(body)
    first, second = calendar.walk("VEVENT")
    plain = " ".join(text.split())
    assert " ".join(str(first["summary"]).split()) == plain
    assert " ".join(str(first["description"]).split()) == plain
    assert second["summary"] == "Loops"
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_every_line_is_as_the_standard_has_it(held, text):
    body = written(date_at(name=text, course=text), name=text)

    lines = body.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    assert all(len(line.decode().splitlines()) == 1 for line in lines[:-1])


def test_name_of_the_calendar_is_escaped_as_all_text(held):
    assert b"\r\nNAME:Loops\\; all\\, of\r\n" in written(name="Loops; all, of")


def test_a_later_change_is_a_later_revision_of_the_same_event(held):
    before = date_at()
    after = date_at(at=AT + timedelta(days=1), changed_at=CHANGED + timedelta(seconds=1))

    (old,), (new,) = events_in(written(before)), events_in(written(after))

    assert old["uid"] == new["uid"]
    assert new["sequence"] == old["sequence"] + 1
    assert 0 < new["sequence"] < 2**31


def test_equal_dates_give_equal_bytes(held):
    assert written(date_at()) == written(date_at(person_id=uuid4()))


def test_times_are_the_same_moment_in_every_zone(held):
    with timezone.override("Asia/Kathmandu"):
        (event,) = events_in(written(date_at(at=timezone.localtime(AT))))

    assert event.decoded("dtstart") == AT
    assert event["dtstart"].to_ical() == b"20260329T013000Z"


@pytest.mark.parametrize("name", ["import.ics", "import_with_parameters.ics"])
@pytest.mark.skipif(not SAMPLES.exists(), reason="other people's files are not here")
def test_ours_has_the_parts_that_others_have(held, name):
    theirs = Calendar.from_ical((SAMPLES / name).read_bytes())
    ours = Calendar.from_ical(written(date_at()))

    assert {"VERSION", "PRODID"} <= set(ours)
    for event in theirs.walk("VEVENT"):
        needed = set(event) - {"CLASS", "LOCATION", "DTEND"}
        assert needed <= set(ours.walk("VEVENT")[0])
