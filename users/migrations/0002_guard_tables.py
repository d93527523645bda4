"""Row security, composite keys and audit for people."""

from django.db import migrations

from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("users", "0001_initial"), ("tenancy", "0003_guard_tables")]

    operations = [
        TenantTable("User", secret=["password"], quiet=["last_login"]),
        TenantTable("Profile"),
        TenantTable("Mail", audited=False),
    ]
