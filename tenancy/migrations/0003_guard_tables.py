"""Row security, composite keys and audit for this app's own tables."""

from django.db import migrations

from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_database_functions")]

    operations = [
        TenantTable("Domain"),
        TenantTable("IdempotencyKey", audited=False),
    ]
