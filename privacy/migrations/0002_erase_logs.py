"""The logs, which the web role cannot change, forget a person whose erasure was approved."""

from django.db import migrations

# Which entries of the audit log are about a person's rows. `declared` maps a table to the column that names
# the person and to those that tell about them. Rows that are gone are found by what the log kept of them.
ENTRIES = """
CREATE FUNCTION privacy_audit_entries(person uuid, declared jsonb) RETURNS SETOF tenancy_auditentry
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public AS $$
DECLARE
    organization uuid := NULLIF(current_setting('app.organization_id', true), '')::uuid;
    wanted record;
    found uuid[];
    own uuid[] := '{}';
BEGIN
    FOR wanted IN SELECT d.key AS name, d.value ->> 'person' AS person_column FROM jsonb_each(declared) d LOOP
        EXECUTE format(
            'SELECT array_agg(%I) FROM public.%I WHERE %I = $1',
            (SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indisprimary AND i.indrelid = to_regclass(format('public.%I', wanted.name))),
            wanted.name, wanted.person_column
        ) INTO found USING person;
        own := own || found;
    END LOOP;
    SELECT array_agg(DISTINCT e.row_id) INTO found FROM tenancy_auditentry e
        WHERE e.organization_id = organization AND declared ? e.table_name AND person::text IN (
            e.before ->> (declared -> e.table_name ->> 'person'),
            e.after ->> (declared -> e.table_name ->> 'person')
        );
    own := own || found;
    RETURN QUERY SELECT e.* FROM tenancy_auditentry e
        WHERE e.organization_id = organization AND e.row_id = ANY(own) AND declared ? e.table_name;
END $$;
"""

# A definer function, since the web role may only read these logs. It touches nothing but what tells about one
# person of the current organization, and only while that person's erasure is approved and not yet done; a
# table may be named only with its key to the person.
BLANK = """
CREATE FUNCTION privacy_blank_logs(
    person uuid, declared jsonb, OUT audit_count integer, OUT address_count integer, OUT security_count integer
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    organization uuid := NULLIF(current_setting('app.organization_id', true), '')::uuid;
    wanted record;
BEGIN
    IF NOT EXISTS (
        SELECT FROM privacy_erasurerequest r
        WHERE r.organization_id = organization AND r.person_id = person AND r.status = 'approved'
    ) THEN
        RAISE EXCEPTION 'No erasure of this person is approved.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOR wanted IN SELECT d.key AS name, d.value ->> 'person' AS person_column FROM jsonb_each(declared) d LOOP
        CONTINUE WHEN wanted.name = 'users_user' AND wanted.person_column = 'id';
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
            WHERE c.contype = 'f' AND c.conrelid = to_regclass(format('public.%I', wanted.name))
                AND c.confrelid = 'public.users_user'::regclass AND a.attname = wanted.person_column
        );
        RAISE EXCEPTION '%.% does not name a person.', wanted.name, wanted.person_column
            USING ERRCODE = 'insufficient_privilege';
    END LOOP;

    UPDATE tenancy_auditentry e SET before = e.before - own.columns, after = e.after - own.columns
        FROM (
            SELECT f.at, f.id, ARRAY(SELECT jsonb_array_elements_text(declared -> f.table_name -> 'columns')) AS columns
            FROM privacy_audit_entries(person, declared) f
        ) own
        WHERE e.at = own.at AND e.id = own.id AND e.organization_id = organization
            AND (e.before ?| own.columns OR e.after ?| own.columns);
    GET DIAGNOSTICS audit_count = ROW_COUNT;

    UPDATE tenancy_auditentry e SET client_ip = NULL
        WHERE e.organization_id = organization AND e.client_ip IS NOT NULL AND (
            e.actor_id = person OR e.actor_id IS NULL
                AND (e.at, e.id) IN (SELECT f.at, f.id FROM privacy_audit_entries(person, declared) f)
        );
    GET DIAGNOSTICS address_count = ROW_COUNT;

    UPDATE tenancy_securityevent s SET
            details = CASE WHEN s.user_id = person THEN '{}' ELSE s.details END,
            client_ip = CASE WHEN s.actor_id = person OR s.actor_id IS NULL THEN NULL ELSE s.client_ip END
        WHERE s.organization_id = organization AND (
            s.user_id = person AND s.details <> '{}'
            OR s.client_ip IS NOT NULL AND (s.actor_id = person OR s.user_id = person AND s.actor_id IS NULL)
        );
    GET DIAGNOSTICS security_count = ROW_COUNT;
END $$;
REVOKE ALL ON FUNCTION privacy_blank_logs(uuid, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_blank_logs(uuid, jsonb) TO cairn_app;
"""


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [
        migrations.RunSQL(ENTRIES, "DROP FUNCTION privacy_audit_entries(uuid, jsonb)"),
        migrations.RunSQL(BLANK, "DROP FUNCTION privacy_blank_logs(uuid, jsonb)"),
    ]
