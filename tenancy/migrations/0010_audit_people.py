"""An audit entry is also about the person that its row calls just that; deletions are found at once."""

from importlib import import_module

from django.db import migrations

before = import_module("tenancy.migrations.0008_find_activity")

STUDENT_OR_USER = "COALESCE(full_row ->> 'student_id', full_row ->> 'user_id')"
OR_PERSON = "COALESCE(full_row ->> 'student_id', full_row ->> 'user_id', full_row ->> 'person_id')"
AUDIT_ROW = before.WITH_SCOPE.replace(STUDENT_OR_USER, OR_PERSON)

# Few among many, so that a list of them alone would have to look through all others.
INDEX = """
CREATE INDEX idx_tenancy_audit_deleted ON tenancy_auditentry (organization_id, at DESC, id DESC)
    WHERE operation = 'DELETE'
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0009_no_index_on_organization_alone")]

    operations = [
        migrations.RunSQL(AUDIT_ROW, before.WITH_SCOPE),
        migrations.RunSQL(INDEX, "DROP INDEX idx_tenancy_audit_deleted"),
    ]
