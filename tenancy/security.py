"""The security log: what happened at the doors, and who looked into what is private."""

import json
from uuid import UUID

from lib.rows import prepared_cursor
from tenancy.models import SecurityEvent

Kind = SecurityEvent.Kind

# The database adds organization, actor, address and time, and lets nobody name or change them.
RECORD = "INSERT INTO tenancy_securityevent (kind, user_id, details) VALUES (%s, %s, %s::jsonb)"


def record(kind: Kind, *, user_id: UUID | None = None, **details) -> None:
    """Write down that `kind` happened to `user_id` (None where nobody's account is meant).

    `details` are what a reader needs to understand it: plain values, no secrets.
    """
    with prepared_cursor() as cursor:
        cursor.execute(RECORD, [kind.value, user_id, json.dumps(details, default=str)])
