"""An audit entry knows whether staff made the change; rows of libraries with a number for a key have entries, too."""

from importlib import import_module

from django.db import migrations

before = import_module("tenancy.migrations.0010_audit_people")

# Few among many: what staff change, besides all that students do.
COLUMN = """
ALTER TABLE tenancy_auditentry ADD COLUMN is_by_staff boolean NOT NULL DEFAULT false;
CREATE INDEX idx_tenancy_audit_staff ON tenancy_auditentry (organization_id, at DESC, id DESC)
    WHERE is_by_staff;
CREATE INDEX idx_tenancy_audit_staff_scope ON tenancy_auditentry (organization_id, scope_id, at DESC, id DESC)
    WHERE is_by_staff;
"""
DROP_COLUMN = """
DROP INDEX idx_tenancy_audit_staff, idx_tenancy_audit_staff_scope;
ALTER TABLE tenancy_auditentry DROP COLUMN is_by_staff;
"""

# Entries from before are told by what their people are now. On a new database there are neither.
FILL = """
DO $$
DECLARE
    organization record;
BEGIN
    IF to_regclass('public.users_user') IS NULL THEN RETURN; END IF;
    FOR organization IN SELECT id FROM tenancy_organizations() LOOP
        PERFORM set_config('app.organization_id', organization.id::text, true);
        UPDATE tenancy_auditentry entry SET is_by_staff = true FROM users_user person
        WHERE person.id = entry.actor_id AND (person.is_staff OR person.sees_private_rows);
    END LOOP;
    PERFORM set_config('app.organization_id', '', true);
END $$;
"""

# The log names rows by UUIDs; a number is the last of the UUID's digits, in hex.
ROW_ID = """
CREATE FUNCTION tenancy_row_id(key text) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN key ~ '^[0-9]+$' THEN lpad(to_hex(key::bigint), 32, '0')::uuid ELSE key::uuid END;
"""

# Of a JSON column a part can be secret: `settings.secret`. Whether somebody is staff is asked of their row, since a
# step in their name may see everybody's rows without it.
AUDIT_ROW = """
CREATE OR REPLACE FUNCTION tenancy_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    key_column text := TG_ARGV[0];
    quiet text[] := string_to_array(TG_ARGV[1], ',') || ARRAY['created_at', 'updated_at', 'organization_id'];
    secret text[] := string_to_array(TG_ARGV[2], ',');
    secret_part text;
    was jsonb;
    becomes jsonb;
    full_row jsonb;
    row_id uuid;
    actor uuid := NULLIF(current_setting('app.actor_id', true), '')::uuid;
    by_staff boolean := false;
    person uuid := NULL;
    scope uuid := NULL;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); full_row := was; END IF;
    IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW); full_row := becomes; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF was - quiet = becomes - quiet THEN RETURN NULL; END IF;
        SELECT jsonb_object_agg(b.key, a.value), jsonb_object_agg(b.key, b.value) INTO was, becomes
            FROM jsonb_each(becomes - quiet) b JOIN jsonb_each(was - quiet) a USING (key)
            WHERE a.value IS DISTINCT FROM b.value;
    ELSE
        was := was - quiet;
        becomes := becomes - quiet;
    END IF;
    FOREACH secret_part IN ARRAY secret LOOP
        was := was #- string_to_array(secret_part, '.');
        becomes := becomes #- string_to_array(secret_part, '.');
    END LOOP;
    row_id := tenancy_row_id(full_row ->> key_column);
    person := COALESCE(full_row ->> 'student_id', full_row ->> 'user_id', full_row ->> 'person_id')::uuid;
    scope := (full_row ->> 'course_id')::uuid;
    IF scope IS NULL AND (full_row ->> 'student_id' IS NULL OR actor <> person) THEN
        scope := COALESCE((full_row ->> 'lesson_id')::uuid, (full_row ->> 'item_id')::uuid, row_id);
    END IF;
    IF actor IS NOT NULL THEN
        SELECT p.is_staff OR p.sees_private_rows INTO by_staff FROM users_user p WHERE p.id = actor;
    END IF;
    INSERT INTO tenancy_auditentry (
        organization_id, actor_id, client_ip, request_id, table_name, row_id, operation, before, after,
        scope_id, person_id, is_by_staff
    ) VALUES (
        (full_row ->> 'organization_id')::uuid,
        actor,
        NULLIF(current_setting('app.client_ip', true), '')::inet,
        NULLIF(current_setting('app.request_id', true), '')::uuid,
        TG_TABLE_NAME, row_id, TG_OP, was, becomes, scope, person, COALESCE(by_staff, false)
    );
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0010_audit_people")]

    operations = [
        migrations.RunSQL(COLUMN, DROP_COLUMN),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(ROW_ID, "DROP FUNCTION tenancy_row_id(text)"),
        migrations.RunSQL(AUDIT_ROW, before.AUDIT_ROW),
    ]
