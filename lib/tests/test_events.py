import datetime as dt
import logging
import uuid
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.dispatch import Signal

from lib import events
from lib.events import FactGone, Failure, listens_to, pack, replay, unpack

pytestmark = pytest.mark.django_db


@pytest.fixture
def signal():
    return Signal()


@pytest.fixture
def failures():
    """What the recorder was given; the recorder of the running product is put back."""
    kept = []
    previous = events.record_failures_with(kept.append)
    yield kept
    events.record_failures_with(previous)


def note(text):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS heard (text text) ON COMMIT DROP")
        cursor.execute("INSERT INTO heard VALUES (%s)", [text])


def notes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM heard ORDER BY text")
        return [text for (text,) in cursor.fetchall()]


def test_listener_hears_the_facts(signal):
    heard = []

    @listens_to(signal)
    def listen(sender, *, course, **kwargs):
        heard.append((sender, course, kwargs))

    signal.send(sender=ContentType, course=1, by=2)

    assert heard == [(ContentType, 1, {"by": 2})]


def test_failing_listener_is_rolled_back_alone_and_logged(signal, failures, caplog):
    @listens_to(signal)
    def fail(sender, **kwargs):
        note("half of a badge")
        raise RuntimeError("no badge today")

    @listens_to(signal)
    def listen(sender, **kwargs):
        note("points")

    row = ContentType.objects.create(app_label="lib_tests", model="fact")
    with transaction.atomic(), caplog.at_level(logging.ERROR, "lib.events"):
        note("fact")
        signal.send(sender=ContentType, row=row)

    assert notes() == ["fact", "points"]
    assert f"row=contenttypes.ContentType:{row.pk}" in caplog.text
    assert "no badge today" in caplog.text
    assert [failure.error for failure in failures] == ["RuntimeError: no badge today"]


def test_database_error_in_a_listener_leaves_the_fact(signal, failures):
    @listens_to(signal)
    def fail(sender, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with transaction.atomic():
        note("fact")
        signal.send(sender=None)

    assert notes() == ["fact"]
    assert len(failures) == 1


def test_failing_recorder_leaves_the_fact(signal, caplog):
    @listens_to(signal)
    def fail(sender, **kwargs):
        raise RuntimeError

    def broken(failure):
        note("half of a record")
        raise OSError("no disk")

    previous = events.record_failures_with(broken)
    try:
        with transaction.atomic():
            note("fact")
            signal.send(sender=None)
    finally:
        events.record_failures_with(previous)

    assert notes() == ["fact"]
    assert "could not be recorded" in caplog.text


def test_replay_tells_the_fact_again(signal, failures):
    heard, is_broken = [], [True]

    @listens_to(signal)
    def listen(sender, *, row, now, **kwargs):
        if is_broken[0]:
            raise RuntimeError
        heard.append((sender, row, now))

    row = ContentType.objects.create(app_label="lib_tests", model="fact")
    now = dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
    signal.send(sender=ContentType, row=row, now=now)
    (failure,) = failures
    with pytest.raises(RuntimeError):
        replay(failure)
    is_broken[0] = False
    replay(failure)

    assert heard == [(ContentType, row, now)]
    assert len(failures) == 1


def test_replay_says_when_a_row_or_listener_is_gone(signal, failures):
    @listens_to(signal)
    def fail(sender, **kwargs):
        raise RuntimeError

    row = ContentType.objects.create(app_label="lib_tests", model="fact")
    signal.send(sender=None, row=row)
    row.delete()

    with pytest.raises(FactGone):
        replay(failures[0])
    with pytest.raises(FactGone, match="no listener"):
        replay(Failure("nowhere.listener", "", {}, ""))


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        "text",
        [1, "a"],
        {"a": {"b": Decimal("1.50")}},
        uuid.UUID(int=7),
        dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
        dt.date(2026, 1, 2),
        dt.time(1, 2),
        dt.timedelta(days=1, microseconds=5),
    ],
)
def test_pack_is_undone_by_unpack(value):
    assert unpack(pack(value)) == value
    assert type(unpack(pack(value))) is type(value)


def test_pack_refuses_what_cannot_be_told_again():
    with pytest.raises(TypeError, match="object"):
        pack(object())
