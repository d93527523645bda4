"""What the role of the web process may do, granted anew after every migration."""

from django.db import connections

OWNER_ROLE = "cairn_owner"
APP_ROLE = "cairn_app"

GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE};
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE};
REVOKE ALL ON tenancy_auditentry FROM {APP_ROLE};
GRANT SELECT ON tenancy_auditentry TO {APP_ROLE};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE};
DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'tenancy_auditentry'::regclass
    LOOP EXECUTE format('REVOKE ALL ON %s FROM {APP_ROLE}', part); END LOOP;
END $$;
"""


def grant_to_app_role(using, **kwargs):
    """Give the web role its rights; the audit log and its partitions can only be read, through the parent."""
    with connections[using].cursor() as cursor:
        # Emptying the tables, as a test does in the role of the web, announces a migration as well.
        cursor.execute(
            "SELECT to_regclass('tenancy_auditentry') IS NOT NULL AND current_user <> %s",
            [APP_ROLE],
        )
        if cursor.fetchone()[0]:
            cursor.execute(GRANTS)
