"""A version is never changed: what a lesson said stays what it said. Derived HTML may be made again."""

from django.db import migrations

from tenancy.operations import TenantTable

GUARD = """
CREATE FUNCTION content_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['html', 'created_at', 'updated_at', 'created_by_id'];
BEGIN
    IF to_jsonb(OLD) - free <> to_jsonb(NEW) - free
        OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
    THEN
        RAISE EXCEPTION 'A version is not changed; save a new one.'
            USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'content_contentversion_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE ON content_contentversion
    FOR EACH ROW EXECUTE FUNCTION content_version_stays();
"""

UNDO = """
DROP TRIGGER version_stays ON content_contentversion;
DROP FUNCTION content_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0004_files_in_versions")]

    operations = [TenantTable("MediaUse"), migrations.RunSQL(GUARD, UNDO)]
