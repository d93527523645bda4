"""Entering an organization also locks a posted form's key, and tells how the form was answered before."""

from django.db import migrations

# Definer, because the organization of a host name must be found before one is set. A form's key is locked
# until the transaction ends; what was answered to it is read afterwards, with what the lock waited for.
ENTER = """
DROP FUNCTION tenancy_enter(text, text, text);
CREATE FUNCTION tenancy_enter(wanted_host text, from_ip text, request text, form_key uuid) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    found record;
    answers json;
BEGIN
    SELECT o.id, o.name, o.slug, o.brand_color, o.logo, o.is_signup_open, o.is_default,
        o.staff_needs_second_factor INTO found
    FROM tenancy_organization o
    LEFT JOIN tenancy_domain d ON d.organization_id = o.id AND lower(d.host) = wanted_host
    WHERE d.id IS NOT NULL OR o.is_default
    ORDER BY d.id IS NULL LIMIT 1;
    IF found.id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('app.organization_id', found.id::text, true),
        set_config('app.client_ip', COALESCE(from_ip, ''), true),
        set_config('app.request_id', COALESCE(request, ''), true),
        set_config('app.actor_id', '', true), set_config('app.private_to', '', true);
    IF form_key IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(form_key::text, 0));
        SELECT json_object_agg(k.scope, k.location) INTO answers FROM tenancy_idempotencykey k
        WHERE k.organization_id = found.id AND k.key = form_key;
    END IF;
    RETURN json_build_object('organization', row_to_json(found), 'answers', answers, 'at', now());
END $$;
"""

ENTER_BEFORE = """
DROP FUNCTION tenancy_enter(text, text, text, uuid);
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
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_security_log")]

    operations = [migrations.RunSQL(ENTER, ENTER_BEFORE)]
