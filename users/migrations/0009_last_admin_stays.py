"""The last active admin of an organization stays, whoever writes; and a token is found by how it begins."""

from django.db import migrations, models

# Asked at commit, so that one transaction may hand the office over in any order. Two transactions that each let
# an admin go take turns, and the second sees what the first has left. The organization is set for the question,
# because what runs at commit may have stepped out of it already.
KEEP_AN_ADMIN = """
CREATE FUNCTION users_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    working_for text := COALESCE(current_setting('app.organization_id', true), '');
    is_headless boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('admins of ' || OLD.organization_id, 0));
    PERFORM set_config('app.organization_id', OLD.organization_id::text, true);
    is_headless := EXISTS (SELECT FROM tenancy_organization WHERE id = OLD.organization_id)
        AND NOT EXISTS (
            SELECT FROM users_user
            WHERE organization_id = OLD.organization_id AND is_active AND role = 'admin'
        );
    PERFORM set_config('app.organization_id', working_for, true);
    IF is_headless THEN
        RAISE EXCEPTION 'Somebody has to run the organization: this is its last admin.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'users_user_admin_left';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER keep_an_admin_after_update AFTER UPDATE ON users_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.is_active AND OLD.role = 'admin' AND NOT (NEW.is_active AND NEW.role = 'admin'))
    EXECUTE FUNCTION users_keep_an_admin();
CREATE CONSTRAINT TRIGGER keep_an_admin_after_delete AFTER DELETE ON users_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.is_active AND OLD.role = 'admin')
    EXECUTE FUNCTION users_keep_an_admin();
"""
LET_ALL_GO = """
DROP TRIGGER keep_an_admin_after_update ON users_user;
DROP TRIGGER keep_an_admin_after_delete ON users_user;
DROP FUNCTION users_keep_an_admin();
"""


class Migration(migrations.Migration):
    dependencies = [("users", "0008_mail_unsubscribe_url")]

    operations = [
        migrations.AddIndex(
            model_name="apitoken",
            index=models.Index(fields=["organization", "prefix"], name="idx_users_token_prefix"),
        ),
        migrations.RunSQL(KEEP_AN_ADMIN, LET_ALL_GO),
    ]
