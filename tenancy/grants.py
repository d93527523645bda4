"""What the role of the web process may do, granted anew after every migration."""

from django.db import connections

OWNER_ROLE = "cairn_owner"
APP_ROLE = "cairn_app"

# Our own tables alone: an extension may have put some of its own into the schema.
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP_ROLE};
DO $$ DECLARE ours record; BEGIN
    FOR ours IN
        SELECT oid::regclass AS name, relkind, relispartition FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
            AND pg_get_userbyid(relowner) = current_user
    LOOP
        IF ours.relkind = 'S' THEN
            EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO {APP_ROLE}', ours.name);
        ELSIF ours.relispartition THEN
            EXECUTE format('REVOKE ALL ON %s FROM {APP_ROLE}', ours.name);
        ELSE
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO {APP_ROLE}', ours.name);
        END IF;
    END LOOP;
END $$;
REVOKE INSERT, UPDATE, DELETE ON tenancy_auditentry, tenancy_securityevent, django_migrations FROM {APP_ROLE};
GRANT INSERT (kind, user_id, details) ON tenancy_securityevent TO {APP_ROLE};
"""


def grant_to_app_role(using, **kwargs):
    """Give the web role its rights: the audit log can only be read, the security log only be added to."""
    with connections[using].cursor() as cursor:
        # Emptying the tables, as a test does in the role of the web, announces a migration as well.
        cursor.execute(
            "SELECT to_regclass('tenancy_securityevent') IS NOT NULL AND current_user <> %s",
            [APP_ROLE],
        )
        if cursor.fetchone()[0]:
            cursor.execute(GRANTS)
