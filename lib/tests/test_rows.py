"""Statements written by hand: what they return, and what a failing one raises."""

import threading

import psycopg
import pytest
from django.db import (
    DatabaseError,
    DataError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from lib.rows import MAX_KEPT, begin_with, execute, fetch_row, fetch_rows

pytestmark = pytest.mark.django_db


def test_rows_are_named_after_the_columns():
    rows = fetch_rows(
        "SELECT n, n * %(factor)s AS product FROM generate_series(1, 2) n", {"factor": 3}
    )
    assert [(row.n, row.product) for row in rows] == [(1, 3), (2, 6)]
    assert fetch_row("SELECT 1 AS one WHERE false") is None


def test_placeholders_may_have_names_and_a_percent_sign_is_written_twice():
    row = fetch_row(
        "SELECT %(a)s::int - %(b)s::int + %(a)s::int AS n, '100 %%' AS t", {"b": 1, "a": 5}
    )
    assert (row.n, row.t) == (9, "100 %")
    assert fetch_row("SELECT %s::int - %s::int AS n", [7, 2]).n == 5


def test_values_of_another_type_are_planned_anew():
    assert [fetch_row("SELECT %s AS it", [it]).it for it in (1, "one", None, 2**40)] == [
        1,
        "one",
        None,
        2**40,
    ]


def test_a_statement_without_rows_tells_how_many_it_wrote(organization):
    assert (
        execute("UPDATE tenancy_organization SET name = name WHERE id = %s", [organization.pk]) == 1
    )
    assert execute("UPDATE tenancy_organization SET name = name WHERE false") == 0


def test_statements_stand_in_the_log_of_django():
    with CaptureQueriesContext(connection) as captured:
        fetch_row("SELECT 1 AS one")
        begin_with(("SELECT 2 AS two", ()), ("SELECT 3 AS three", ()))
    assert [query["sql"] for query in captured] == [
        "SELECT 1 AS one",
        "SELECT 2 AS two",
        "SELECT 3 AS three",
    ]


def test_a_connection_keeps_a_limited_number_of_plans():
    for number in range(MAX_KEPT + 5):
        assert fetch_row(f"SELECT {number} AS it").it == number
    assert fetch_row("SELECT count(*) FROM pg_prepared_statements").count <= MAX_KEPT
    assert fetch_row("SELECT 0 AS it").it == 0


@pytest.mark.django_db(transaction=True)
def test_a_plan_is_made_anew_after_the_statement_was_dropped():
    fetch_row("SELECT 1 AS one")
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with pytest.raises(DatabaseError), transaction.atomic():
        fetch_row("SELECT 1 AS one")
    assert fetch_row("SELECT 1 AS one").one == 1


@pytest.mark.django_db(transaction=True)
def test_plans_outlive_a_rollback():
    for _turn in range(2):
        with transaction.atomic():
            assert fetch_row("SELECT 4 AS four").four == 4
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_a_statement_belongs_to_the_transaction_that_django_has_opened():
    with transaction.atomic():
        execute("SELECT set_config('app.request_id', %s, true)", ["kept"])
        assert fetch_row("SELECT current_setting('app.request_id') AS it").it == "kept"
    assert fetch_row("SELECT current_setting('app.request_id', true) AS it").it == ""


def test_after_an_error_nothing_is_asked_until_the_rollback():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            fetch_row("SELECT 1 AS one")


def test_first_questions_are_answered_in_their_order():
    first, none, last = begin_with(
        ("SELECT %s AS it", ["it's \\ 100 % \U0001f600"]),
        ("SELECT 1 AS one WHERE false", ()),
        ("SELECT %(it)s::text AS it", {"it": None}),
    )
    assert (first.it, none, last.it) == ("it's \\ 100 % \U0001f600", None, None)


def test_a_first_question_that_fails_raises_what_django_would():
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        begin_with(("SELECT 1 / %s", [0]), ("SELECT 2 AS two", ()))
    with pytest.raises(ProgrammingError, match="no_such_function"), transaction.atomic():
        begin_with(("SELECT no_such_function(%s)", [1]))
    assert fetch_row("SELECT 5 AS five").five == 5


@pytest.mark.django_db(transaction=True)
def test_first_questions_begin_the_transaction():
    with transaction.atomic():
        begin_with(("SELECT set_config('app.request_id', %s, true)", ["kept"]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.request_id')")
            assert cursor.fetchone() == ("kept",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", [fetch_row, lambda sql: begin_with((sql, ()))])
def test_a_lost_connection_is_an_operational_error(ask):
    ask("SELECT 6 AS six")
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SET ROLE NONE")
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        ask("SELECT 6 AS six")
    connection.close()
    assert fetch_row("SELECT 6 AS six").six == 6


@pytest.mark.parametrize("ask", [fetch_row, lambda sql: begin_with((sql, []))])
def test_other_threads_run_while_an_answer_is_awaited(ask):
    done, ticks = threading.Event(), []

    def tick():
        while not done.wait(0.01):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    ask("SELECT pg_sleep(0.3) AS slept")
    done.set()
    thread.join()

    assert len(ticks) > 10
