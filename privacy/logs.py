"""The audit log and the security log of one person: read by anyone, forgotten by the database alone."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from tenancy.personal import audited_columns

#: What the person did to rows that are not about them; the values may be others'.
DONE = """
SELECT at, operation, table_name, host(client_ip) AS client_ip FROM tenancy_auditentry
WHERE actor_id = %(person)s AND (at, id) NOT IN (SELECT at, id FROM privacy_audit_entries(%(person)s, %(declared)s))
ORDER BY at, id
"""
TOLD = """
SELECT at, operation, table_name, actor_id, host(client_ip) AS client_ip, before, after
FROM privacy_audit_entries(%(person)s, %(declared)s) ORDER BY at, id
"""
SECURITY = """
SELECT at, kind, actor_id, host(client_ip) AS client_ip, details FROM tenancy_securityevent
WHERE user_id = %(person)s ORDER BY at, id
"""
BLANK = "SELECT audit_count, address_count, security_count FROM privacy_blank_logs(%(person)s, %(declared)s)"
REMAINS = """
WITH told AS (
    SELECT at, id, actor_id, client_ip, before, after,
        ARRAY(SELECT jsonb_array_elements_text(%(declared)s::jsonb -> table_name -> 'columns')) AS columns
    FROM privacy_audit_entries(%(person)s, %(declared)s)
)
SELECT
    (SELECT count(*) FROM told WHERE before ?| columns OR after ?| columns),
    (SELECT count(*) FROM tenancy_auditentry WHERE actor_id = %(person)s AND client_ip IS NOT NULL)
        + (SELECT count(*) FROM told WHERE actor_id IS NULL AND client_ip IS NOT NULL),
    (SELECT count(*) FROM tenancy_securityevent WHERE user_id = %(person)s AND details <> '{}'
        OR client_ip IS NOT NULL AND (actor_id = %(person)s OR user_id = %(person)s AND actor_id IS NULL))
"""


@dataclass(frozen=True, slots=True)
class LogCounts:
    """Entries of the audit log with values, those with an address, and entries of the security log."""

    audit: int
    addresses: int
    security: int

    @property
    def total(self) -> int:
        return self.audit + self.addresses + self.security


def told_about(user_id: UUID) -> list[dict]:
    """Changes of the person's own rows, with what changed."""
    return _rows(TOLD, user_id)


def done_by(user_id: UUID) -> list[dict]:
    """Changes that the person made to other rows, without the values."""
    return _rows(DONE, user_id)


def security_of(user_id: UUID) -> list[dict]:
    return _rows(SECURITY, user_id)


def blank(user_id: UUID) -> LogCounts:
    """Let the logs forget what they hold about the person; that something happened stays.

    The database refuses it unless an erasure of this person is approved and not yet done.
    """
    return LogCounts(*_values(BLANK, user_id))


def remains(user_id: UUID) -> LogCounts:
    """What the logs still hold about the person."""
    return LogCounts(*_values(REMAINS, user_id))


def _asked(user_id):
    return {"person": user_id, "declared": json.dumps(audited_columns())}


def _rows(statement, user_id):
    with connection.cursor() as cursor:
        cursor.execute(statement, _asked(user_id))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:
        for name in {"before", "after", "details"} & row.keys():
            row[name] = json.loads(row[name]) if isinstance(row[name], str) else row[name]
    return rows


def _values(statement, user_id):
    with connection.cursor() as cursor:
        cursor.execute(statement, _asked(user_id))
        return cursor.fetchone()
