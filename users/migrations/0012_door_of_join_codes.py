"""Guesses at the codes of courses are counted at a door of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0011_audit_providers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="failedsignin",
            name="door",
            field=models.CharField(
                choices=[
                    ("sign_in", "sign-in"),
                    ("password_reset", "reset of the password"),
                    ("second_factor", "second step"),
                    ("reauthentication", "asking for the password again"),
                    ("api", "programs"),
                    ("join_code", "code of a course"),
                ],
                max_length=20,
                verbose_name="door",
            ),
        ),
    ]
