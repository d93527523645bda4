"""Changes of the organization's own row are in its audit log."""

from importlib import import_module

from django.db import migrations

from tenancy.operations import audit_trigger

before = import_module("tenancy.migrations.0011_audit_staff")

OF_WHICH = "(full_row ->> 'organization_id')::uuid,"
# The organization is named by its own key.
AUDIT_ROW = before.AUDIT_ROW.replace(
    OF_WHICH,
    "CASE TG_TABLE_NAME WHEN 'tenancy_organization' THEN row_id"
    " ELSE (full_row ->> 'organization_id')::uuid END,",
)

# Founding one is no change, and nobody deletes one.
TRIGGER = audit_trigger(
    "tenancy_organization", "id", quiet=(), secret=("settings.secret",)
).replace("AFTER INSERT OR UPDATE OR DELETE", "AFTER UPDATE")


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0011_audit_staff")]

    operations = [
        migrations.RunSQL(AUDIT_ROW, before.AUDIT_ROW),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER audit_row ON tenancy_organization"),
    ]
