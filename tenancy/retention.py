"""How long the audit log and the security log are kept: whole months of them go at once."""

from django.db import connection

from tenancy.models import AuditEntry, SecurityEvent

FLOOR_MONTHS = (
    12  # what the database keeps in any case: the function below refuses to drop younger months
)

AUDIT_LOG, SECURITY_LOG = AuditEntry._meta.db_table, SecurityEvent._meta.db_table

DROP = "SELECT * FROM tenancy_drop_log_months(%s, %s, %s)"


def prune_log(log: str, *, months_kept: int, is_rehearsal: bool = False) -> list[str]:
    """Drop the months of a log that ended more than `months_kept` months ago, for all organizations.

    Names of the tables that went, or would go in a rehearsal. Raises ValueError below the floor.
    """
    if months_kept < FLOOR_MONTHS:
        raise ValueError(f"The logs of the last {FLOOR_MONTHS} months are kept.")
    with connection.cursor() as cursor:
        cursor.execute(DROP, [log, months_kept, is_rehearsal])
        return [name for (name,) in cursor.fetchall()]
