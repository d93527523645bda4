"""Changes of sign-in providers stand in the audit log, without what is secret in them."""

from django.db import migrations

from tenancy.operations import AuditAdoptedTable


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0010_profile_in_full"),
        ("tenancy", "0011_audit_staff"),
    ]

    operations = [
        AuditAdoptedTable("socialaccount_socialapp", secret=["secret", "key", "settings.secret"]),
    ]
