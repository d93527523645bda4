"""The functions behind row security, audit and the request's entry."""

from django.db import migrations

TOUCH_ROW = """
CREATE FUNCTION tenancy_touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.created_at := OLD.created_at;
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
"""

AUDIT_TABLE = """
CREATE TABLE tenancy_auditentry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id uuid,
    client_ip inet,
    request_id uuid,
    table_name varchar(63) NOT NULL,
    row_id uuid NOT NULL,
    operation varchar(6) NOT NULL CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE')),
    before jsonb,
    after jsonb,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX idx_tenancy_audit_row ON tenancy_auditentry (organization_id, row_id, at DESC);
CREATE INDEX idx_tenancy_audit_time ON tenancy_auditentry (organization_id, at DESC, id DESC);
CREATE TABLE tenancy_auditentry_default PARTITION OF tenancy_auditentry DEFAULT;
ALTER TABLE tenancy_auditentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_auditentry FORCE ROW LEVEL SECURITY;
CREATE POLICY of_organization ON tenancy_auditentry
    USING (organization_id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid))
    WITH CHECK (organization_id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid));
"""

# A definer function, so that the web role can neither forge nor change an entry: it may only read the log.
AUDIT_ROW = """
CREATE FUNCTION tenancy_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    key_column text := TG_ARGV[0];
    quiet text[] := string_to_array(TG_ARGV[1], ',') || ARRAY['created_at', 'updated_at', 'organization_id'];
    secret text[] := string_to_array(TG_ARGV[2], ',');
    was jsonb;
    becomes jsonb;
    full_row jsonb;
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
    INSERT INTO tenancy_auditentry
        (organization_id, actor_id, client_ip, request_id, table_name, row_id, operation, before, after)
    VALUES (
        (full_row ->> 'organization_id')::uuid,
        NULLIF(current_setting('app.actor_id', true), '')::uuid,
        NULLIF(current_setting('app.client_ip', true), '')::inet,
        NULLIF(current_setting('app.request_id', true), '')::uuid,
        TG_TABLE_NAME, (full_row ->> key_column)::uuid, TG_OP, was - secret, becomes - secret
    );
    RETURN NULL;
END $$;
"""

PARTITIONS = """
CREATE FUNCTION tenancy_ensure_partitions(months_ahead integer DEFAULT 2) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
    month date;
    made integer := 0;
BEGIN
    FOR ahead IN 0 .. least(months_ahead, 12) LOOP
        month := (first + make_interval(months => ahead))::date;
        CONTINUE WHEN to_regclass('tenancy_auditentry_' || to_char(month, 'YYYY_MM')) IS NOT NULL;
        CONTINUE WHEN EXISTS (
            SELECT FROM tenancy_auditentry_default
            WHERE at >= month::timestamp AT TIME ZONE 'UTC' AND at < (month + interval '1 month') AT TIME ZONE 'UTC'
        );
        EXECUTE format(
            'CREATE TABLE public.%I PARTITION OF public.tenancy_auditentry FOR VALUES FROM (%L) TO (%L)',
            'tenancy_auditentry_' || to_char(month, 'YYYY_MM'),
            month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC'
        );
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
SELECT tenancy_ensure_partitions();
"""

# Definer, because the organization of a host name must be found before one is set.
ENTER = """
CREATE FUNCTION tenancy_enter(wanted_host text, from_ip text, request text)
RETURNS TABLE (
    id uuid, name varchar, slug varchar, brand_color varchar, logo varchar,
    is_signup_open boolean, is_default boolean, at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    RETURN QUERY
    WITH found AS (
        SELECT o.* FROM tenancy_organization o
        LEFT JOIN tenancy_domain d ON d.organization_id = o.id AND lower(d.host) = wanted_host
        WHERE d.id IS NOT NULL OR o.is_default
        ORDER BY d.id IS NULL LIMIT 1
    ), entered AS (
        SELECT f.*, set_config('app.organization_id', f.id::text, true),
            set_config('app.client_ip', COALESCE(from_ip, ''), true),
            set_config('app.request_id', COALESCE(request, ''), true),
            set_config('app.actor_id', '', true), set_config('app.private_to', '', true)
        FROM found f
    )
    SELECT e.id, e.name, e.slug, e.brand_color, e.logo, e.is_signup_open, e.is_default, now() FROM entered e;
END $$;

CREATE FUNCTION tenancy_organizations() RETURNS TABLE (id uuid, slug varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$ SELECT id, slug FROM tenancy_organization ORDER BY id $$;
"""

# The organizations themselves: the web role sees the one it works for; the owner, who answers host names
# and founds new ones, sees all.
GUARD_ORGANIZATIONS = """
ALTER TABLE tenancy_organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_organization FORCE ROW LEVEL SECURITY;
CREATE POLICY of_organization ON tenancy_organization
    USING (id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid))
    WITH CHECK (id = (SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid));
CREATE POLICY of_owner ON tenancy_organization TO cairn_owner USING (true) WITH CHECK (true);
CREATE TRIGGER touch_row BEFORE UPDATE ON tenancy_organization
    FOR EACH ROW EXECUTE FUNCTION tenancy_touch_row();
"""

GUARD_DOMAINS = (
    "CREATE POLICY of_owner ON tenancy_domain TO cairn_owner USING (true) WITH CHECK (true)"
)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.RunSQL(TOUCH_ROW, "DROP FUNCTION tenancy_touch_row()"),
        migrations.RunSQL(AUDIT_TABLE, "DROP TABLE tenancy_auditentry"),
        migrations.RunSQL(AUDIT_ROW, "DROP FUNCTION tenancy_audit_row()"),
        migrations.RunSQL(PARTITIONS, "DROP FUNCTION tenancy_ensure_partitions(integer)"),
        migrations.RunSQL(
            ENTER,
            "DROP FUNCTION tenancy_organizations(); DROP FUNCTION tenancy_enter(text, text, text)",
        ),
        migrations.RunSQL(
            GUARD_ORGANIZATIONS,
            "DROP TRIGGER touch_row ON tenancy_organization;"
            "DROP POLICY of_owner ON tenancy_organization;"
            "DROP POLICY of_organization ON tenancy_organization;"
            "ALTER TABLE tenancy_organization NO FORCE ROW LEVEL SECURITY;"
            "ALTER TABLE tenancy_organization DISABLE ROW LEVEL SECURITY",
        ),
        migrations.RunSQL(GUARD_DOMAINS, "DROP POLICY of_owner ON tenancy_domain"),
    ]
