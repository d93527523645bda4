"""The security log: what happened at the doors, and who looked into what is private."""

import json
from collections.abc import Iterable
from uuid import UUID

from lib.rows import execute
from tenancy.models import SecurityEvent

Kind = SecurityEvent.Kind

# The database adds organization, actor, address and time, and lets nobody name or change them.
RECORD = "INSERT INTO tenancy_securityevent (kind, user_id, details) VALUES (%s, %s, %s::jsonb)"

# Once per viewer, student and day (UTC): who goes through a list again and again fills no log.
RECORD_DISCLOSURE = """
INSERT INTO tenancy_securityevent (kind, user_id, details)
SELECT %(kind)s::varchar, student, %(details)s::jsonb FROM unnest(%(students)s::uuid[]) student
WHERE NOT EXISTS (
    SELECT FROM tenancy_securityevent
    WHERE kind = %(kind)s::varchar AND user_id = student AND actor_id = %(viewer)s::uuid
        AND at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
)
"""


def record(kind: Kind, *, user_id: UUID | None = None, **details) -> None:
    """Write down that `kind` happened to `user_id` (None where nobody's account is meant).

    `details` are what a reader needs to understand it: plain values, no secrets.
    """
    execute(RECORD, [kind.value, user_id, json.dumps(details, default=str)])


def record_disclosure(student_id: UUID, *, by, **details) -> None:
    """Write down that `by` looked at the record of a student, the first time on a day."""
    record_disclosures([student_id], by=by, **details)


def record_disclosures(student_ids: Iterable[UUID], *, by, **details) -> None:
    """Write down that `by` looked at the records of students, of each the first time on a day; not their own.

    One query at most.
    """
    others = sorted(set(student_ids) - {by.pk})
    if not others:
        return
    parameters = {
        "kind": Kind.RECORD_DISCLOSED.value,
        "students": others,
        "viewer": by.pk,
        "details": json.dumps(details, default=str),
    }
    execute(RECORD_DISCLOSURE, parameters)
