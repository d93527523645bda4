"""An audit entry knows what it belongs to and whom it is about; old months of the logs can be dropped."""

from django.db import migrations

# What an entry belongs to is read from the row's own columns, the largest whole first; a row that names
# none is its own. What people do to their own rows, such as working through a lesson, belongs to them alone.
COLUMNS = """
ALTER TABLE tenancy_auditentry ADD COLUMN scope_id uuid, ADD COLUMN person_id uuid;
CREATE INDEX idx_tenancy_audit_scope ON tenancy_auditentry (organization_id, scope_id, at DESC, id DESC)
    WHERE scope_id IS NOT NULL;
CREATE INDEX idx_tenancy_audit_person ON tenancy_auditentry (organization_id, person_id, at DESC, id DESC)
    WHERE person_id IS NOT NULL;
CREATE INDEX idx_tenancy_audit_actor ON tenancy_auditentry (organization_id, actor_id, at DESC, id DESC)
    WHERE actor_id IS NOT NULL;
CREATE INDEX idx_tenancy_audit_request ON tenancy_auditentry (organization_id, request_id, at, id)
    WHERE request_id IS NOT NULL;
CREATE INDEX idx_tenancy_audit_table ON tenancy_auditentry (organization_id, table_name, at DESC, id DESC);
"""
DROP_COLUMNS = """
DROP INDEX idx_tenancy_audit_scope, idx_tenancy_audit_person, idx_tenancy_audit_actor,
    idx_tenancy_audit_request, idx_tenancy_audit_table;
ALTER TABLE tenancy_auditentry DROP COLUMN scope_id, DROP COLUMN person_id;
"""

AUDIT_ROW = """
CREATE OR REPLACE FUNCTION tenancy_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    key_column text := TG_ARGV[0];
    quiet text[] := string_to_array(TG_ARGV[1], ',') || ARRAY['created_at', 'updated_at', 'organization_id'];
    secret text[] := string_to_array(TG_ARGV[2], ',');
    was jsonb;
    becomes jsonb;
    full_row jsonb;
    actor uuid := NULLIF(current_setting('app.actor_id', true), '')::uuid;
    %(declared)s
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
    %(found)s
    INSERT INTO tenancy_auditentry
        (organization_id, actor_id, client_ip, request_id, table_name, row_id, operation, before, after%(columns)s)
    VALUES (
        (full_row ->> 'organization_id')::uuid,
        actor,
        NULLIF(current_setting('app.client_ip', true), '')::inet,
        NULLIF(current_setting('app.request_id', true), '')::uuid,
        TG_TABLE_NAME, (full_row ->> key_column)::uuid, TG_OP, was - secret, becomes - secret%(values)s
    );
    RETURN NULL;
END $$;
"""
DECLARED = """
    person uuid := NULL;
    scope uuid := NULL;
"""
FOUND = """
    person := COALESCE(full_row ->> 'student_id', full_row ->> 'user_id')::uuid;
    scope := (full_row ->> 'course_id')::uuid;
    IF scope IS NULL AND (full_row ->> 'student_id' IS NULL OR actor <> person) THEN
        scope := COALESCE(full_row ->> 'lesson_id', full_row ->> 'item_id', full_row ->> key_column)::uuid;
    END IF;
"""
WITH_SCOPE = AUDIT_ROW % {
    "declared": DECLARED,
    "found": FOUND,
    "columns": ", scope_id, person_id",
    "values": ", scope, person",
}
WITHOUT_SCOPE = AUDIT_ROW % {"declared": "", "found": "", "columns": "", "values": ""}

# Whoever asks, the last twelve months stay: what the web role can drop must be older than any dispute.
DROP_MONTHS = """
CREATE FUNCTION tenancy_drop_log_months(log text, months_kept integer, is_rehearsal boolean DEFAULT false)
RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public SET lock_timeout = '10s' AS $$
DECLARE
    floor_months CONSTANT integer := 12;
    kept_from date;
    month record;
BEGIN
    IF log IS NULL OR log <> ALL (ARRAY['tenancy_auditentry', 'tenancy_securityevent']) THEN
        RAISE EXCEPTION 'There is no log %.', log;
    END IF;
    IF months_kept IS NULL OR months_kept < floor_months THEN
        RAISE EXCEPTION 'The logs of the last % months are kept.', floor_months;
    END IF;
    kept_from := date_trunc('month', now() AT TIME ZONE 'UTC')::date - make_interval(months => months_kept);
    FOR month IN
        SELECT part.relname AS name FROM pg_inherits
        JOIN pg_class part ON part.oid = inhrelid
        JOIN pg_class whole ON whole.oid = inhparent
        WHERE whole.relname = log AND whole.relnamespace = 'public'::regnamespace
            AND part.relname ~ ('^' || log || '_[0-9]{4}_[0-9]{2}$')
            AND to_date(right(part.relname, 7), 'YYYY_MM') < kept_from
        ORDER BY part.relname
    LOOP
        IF NOT is_rehearsal THEN
            EXECUTE format('DROP TABLE public.%I', month.name);
        END IF;
        RETURN NEXT month.name;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0007_enter_with_form")]

    operations = [
        migrations.RunSQL(COLUMNS, DROP_COLUMNS),
        migrations.RunSQL(WITH_SCOPE, WITHOUT_SCOPE),
        migrations.RunSQL(
            DROP_MONTHS, "DROP FUNCTION tenancy_drop_log_months(text, integer, boolean)"
        ),
    ]
