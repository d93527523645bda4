"""What a request did to the database: which tables it wrote to, and what its rows were before and after."""

import re
from collections import Counter

from django.db import connection

from tenancy.context import EVERYONE

#: Rows inserted, changed and deleted by the running transaction, those that were rolled back included.
WRITES = """
SELECT regexp_replace(relname, '_y?[0-9]{4}_?m?[0-9]{2}$', ''),
       n_tup_ins + n_tup_upd + n_tup_del
FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
"""
TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
  AND has_table_privilege(oid, 'SELECT')
ORDER BY relname
"""
SEE_ALL = "SELECT set_config('app.private_to', %s, true)"


def writes_by_table() -> Counter:
    """How many rows of each table the transaction has written; partitions count as their table."""
    counts = Counter()
    with connection.cursor() as cursor:
        cursor.execute(WRITES)
        for table, number in cursor.fetchall():
            counts[table] += number
    return counts


def tables(*, without=()) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [table for (table,) in cursor.fetchall() if table not in without]


def rows_of(names) -> Counter:
    """Every row of the tables that the organization in context may see, as (table, text of the row)."""
    if not names:
        return Counter()
    query = " UNION ALL ".join(
        f"SELECT '{name}', to_jsonb(t)::text FROM {connection.ops.quote_name(name)} t"
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(SEE_ALL, [EVERYONE])
        cursor.execute(query)
        return Counter(cursor.fetchall())


_ID = re.compile(r"\b[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\b")
_NOW = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d)?")
_RANDOM = re.compile(r"\b(?=[\w+/=$,:.-]*\d)[A-Za-z0-9+/=$,:_-]{16,}")
_NUMBER = re.compile(r'"((?:job_)?id)": \d+')
_CODE = re.compile(r'"code": "[A-Z0-9]{8}"')  # by which one joins a course


def alike(text: str, known: set[str]) -> str:
    """The row without what differs from one run to the next: new keys, the time, secrets drawn by lot."""
    text = _ID.sub(lambda match: match[0] if match[0] in known else "(new)", text)
    text = _NUMBER.sub(r'"\1": (new)', _NOW.sub("(time)", text))
    text = _CODE.sub('"code": (lot)', text)
    return _RANDOM.sub(lambda match: match[0] if match[0] in known else "(lot)", text)


def known_in(rows) -> set[str]:
    """Keys and long words that stood in the rows before, by which `alike` knows what is new."""
    found = set()
    for _table, text in rows:
        found.update(match[0] for match in _ID.finditer(text))
        found.update(match[0] for match in _RANDOM.finditer(text))
    return found
