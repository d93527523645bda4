"""A hundred things that staff did at random, undone in reverse, leave every row as it was."""

import contextlib

import pytest
from django.db import connection

from activity import undo_registry, undo_steps
from activity.tests.requests import request_by
from activity.undo import undo
from config.tests.staff_at_work import StaffAtWork
from courses.models import CourseSeats
from enrollments import invariants

ACTS = 100
SEEDS = [1, 7, 42, 2026]

#: Times of writing, a counter that only grows, and what is counted from a table that is compared itself.
NOT_COMPARED = ["created_at", "updated_at", "outline_version", "search_vector", "password"]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def rows_of_all_tables():
    """Every row of every table that can be undone, and the seats, by table and key."""
    tables = {table.name: table.pk_column for table in undo_registry.tables()}
    tables[CourseSeats._meta.db_table] = "course_id"
    found = {}
    with connection.cursor() as cursor:
        for name, key in tables.items():
            cursor.execute(
                f'SELECT "{key}", (to_jsonb(t) - %s::text[])::text FROM "{name}" t', [NOT_COMPARED]
            )
            found |= {(name, row_id): row for row_id, row in cursor.fetchall()}
    return found


def differences(before, after):
    """What is not as it was. New things of which a history stays are in the trash, new places are left."""
    changed = {key: (row, after.get(key)) for key, row in before.items() if after.get(key) != row}
    added = {key: row for key, row in after.items() if key not in before and not is_put_away(row)}
    added = {key: row for key, row in added.items() if key[0] != CourseSeats._meta.db_table}
    return changed, added


def is_put_away(row):
    return '"deleted_at": "' in row or '"status": "withdrawn"' in row


def undo_all(staff, requests):
    for request_id in reversed(requests):
        with request_by(staff.admin):
            decision = undo(request_id, by=staff.admin, now=staff.now)
        assert decision, decision.message


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hundred_acts_undone_in_reverse_restore_every_row(organization, seed):
    staff = StaffAtWork(seed)
    before = rows_of_all_tables()
    requests = staff.work(ACTS)
    assert differences(before, rows_of_all_tables()) != ({}, {})

    undo_all(staff, requests)

    assert differences(before, rows_of_all_tables()) == ({}, {})
    assert list(invariants.check()) == []


@pytest.mark.parametrize("broken", ["update_row", "insert_row", "_remove"])
def test_a_step_that_does_nothing_is_noticed(organization, monkeypatch, broken):
    monkeypatch.setattr(undo_steps, broken, lambda *arguments, **options: None)
    staff = StaffAtWork(SEEDS[0])
    before = rows_of_all_tables()
    requests = staff.work(ACTS)

    with contextlib.suppress(AssertionError):  # it may also stand in the way of another undo
        undo_all(staff, requests)

    assert differences(before, rows_of_all_tables()) != ({}, {})
