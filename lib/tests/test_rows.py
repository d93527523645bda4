"""Statements written by hand: what they return, and what a failing one raises."""

import pytest
from django.db import ProgrammingError, connection, transaction

from lib.rows import begin_with, fetch_row, fetch_rows

pytestmark = pytest.mark.django_db


def test_rows_are_named_after_the_columns():
    rows = fetch_rows(
        "SELECT n, n * %(factor)s AS product FROM generate_series(1, 2) n", {"factor": 3}
    )
    assert [(row.n, row.product) for row in rows] == [(1, 3), (2, 6)]
    assert fetch_row("SELECT 1 AS one WHERE false") is None


def test_a_first_statement_quotes_its_values_and_answers_as_written():
    assert (
        begin_with("SELECT %s", ["it's \\ 100 % \U0001f600"]).decode() == "it's \\ 100 % \U0001f600"
    )
    assert begin_with("SELECT %s::text", [None]) is None


def test_a_first_statement_that_fails_raises_what_django_would():
    with pytest.raises(ProgrammingError, match="no_such_function"), transaction.atomic():
        begin_with("SELECT no_such_function(%s)", [1])


@pytest.mark.django_db(transaction=True)
def test_a_first_statement_begins_the_transaction():
    with transaction.atomic():
        begin_with("SELECT set_config('app.request_id', %s, true)", ["kept"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.request_id')")
            assert cursor.fetchone() == ("kept",)
