"""Row security for notifications: each person's are their own."""

from django.db import migrations

from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        TenantTable("Notification", private_to="user_id", audited=False),
        TenantTable("Preference", private_to="user_id", audited=False),
    ]
