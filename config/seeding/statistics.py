"""What the planner knows of the tables, brought up to date after a bulk seed."""

import psycopg
from django.conf import settings
from django.db import connection

from tenancy.grants import OWNER_ROLE


def refresh_statistics() -> bool:
    """Vacuum and analyze as the owner of the tables; False where no login of the owner is known.

    PostgreSQL does it by itself otherwise, some minutes later.
    """
    if not settings.DATABASE_OWNER_URL or connection.in_atomic_block:
        return False
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        if owner.info.dbname != connection.settings_dict["NAME"]:
            return False
        owner.execute(f"SET ROLE {OWNER_ROLE}")
        owner.execute("VACUUM (ANALYZE)")
    return True
