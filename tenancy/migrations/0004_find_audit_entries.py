"""An audit entry can be opened by its number; a taken host name is said in words."""

import django.db.models.functions.text
from django.db import migrations, models

# Entries are written in the order of their ids, so the smallest kind of index is enough.
INDEX = "CREATE INDEX idx_tenancy_audit_id ON tenancy_auditentry USING brin (id) WITH (autosummarize = on)"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_guard_tables")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX idx_tenancy_audit_id"),
        migrations.AlterConstraint(
            model_name="domain",
            name="tenancy_domain_host_once",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("host"),
                name="tenancy_domain_host_once",
                violation_error_message="This host name is taken already.",
            ),
        ),
    ]
