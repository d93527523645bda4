"""Fast insertion of many rows, for seeds alone; triggers, policies and constraints apply as ever."""

from collections.abc import Iterable
from itertools import islice

from django.db import connection

BATCH = 20_000  # rows per statement


def insert_rows(model, columns: tuple[str, ...], rows: Iterable[tuple]) -> int:
    """Insert tuples of column values and return how many there were.

    Columns that are left out hold their default, as they would in a row that the ORM makes. PostgreSQL does
    not COPY into a table with row security, so each batch is copied into a temporary table and inserted
    from there.
    """
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    defaults = defaults_of(model, leaving_out=columns)
    all_names = ", ".join([names, *(f'"{column}"' for column in defaults)])
    values = ", ".join([names, *("%s" for _column in defaults)])
    buffer = f"seed_{table}"
    total = 0
    iterator = iter(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMP TABLE IF NOT EXISTS "{buffer}" AS SELECT {names} FROM "{table}" LIMIT 0'
        )
        while batch := list(islice(iterator, BATCH)):
            with cursor.copy(f'COPY "{buffer}" ({names}) FROM STDIN') as copy:
                for row in batch:
                    copy.write_row(row)
            cursor.execute(
                f'INSERT INTO "{table}" ({all_names}) SELECT {values} FROM "{buffer}"',
                list(defaults.values()),
            )
            cursor.execute(f'TRUNCATE "{buffer}"')
            total += len(batch)
        cursor.execute(f'DROP TABLE "{buffer}"')
    return total


def defaults_of(model, *, leaving_out: tuple[str, ...]) -> dict:
    """Column and value of what the model itself fills in, beside the columns that are given."""
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.column not in leaving_out
        and not (field.null or field.generated or field.primary_key)
    ]
    return {
        field.column: field.get_db_prep_save(field.get_default(), connection) for field in fields
    }
