"""What visitors did in previews waits with their account until they enroll."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0006_no_index_on_organization_alone"),
        ("progress", "0003_no_index_on_organization_alone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PreviewWork",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("last_viewed_at", models.DateTimeField(verbose_name="last viewed")),
                (
                    "time_spent_seconds",
                    models.PositiveIntegerField(default=0, verbose_name="time spent in seconds"),
                ),
                (
                    "completed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="completed"),
                ),
                (
                    "lesson",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="content.lesson",
                        verbose_name="lesson",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.context.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "student",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
            ],
            options={
                "verbose_name": "work in a preview",
                "verbose_name_plural": "work in previews",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("student", "lesson"), name="progress_previewwork_once"
                    )
                ],
            },
        ),
        TenantTable("PreviewWork", private_to="student_id", audited=False),
    ]
