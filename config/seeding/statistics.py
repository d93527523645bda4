"""What the planner knows of the tables, brought up to date after a bulk seed."""

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import conninfo

from tenancy.grants import OWNER_ROLE


def refresh_statistics() -> bool:
    """Vacuum and analyze this database; False where no login of the tables' owner is known.

    PostgreSQL does it by itself otherwise, some minutes later.
    """
    owner_url = settings.DATABASE_OWNER_URL
    if not owner_url or connection.in_atomic_block:
        return False
    if conninfo.conninfo_to_dict(owner_url).get("dbname") != connection.settings_dict["NAME"]:
        return False
    vacuum(owner_url)
    return True


def vacuum(owner_url: str) -> None:
    """Vacuum and analyze the tables of a database, with a login that may act as their owner."""
    as_owner = f"-c role={OWNER_ROLE}"
    with psycopg.connect(owner_url, autocommit=True, options=as_owner) as owner:
        owner.execute("VACUUM (ANALYZE)")
