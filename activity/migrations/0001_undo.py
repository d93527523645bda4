"""What was undone, and by which change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0009_no_index_on_organization_alone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Undo",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("request_id", models.UUIDField(verbose_name="what was undone")),
                ("undo_request_id", models.UUIDField(verbose_name="by which change")),
                ("undone_at", models.DateTimeField(verbose_name="when")),
                (
                    "taken_back_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="taken back"),
                ),
                (
                    "by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
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
            ],
            options={
                "verbose_name": "undone change",
                "verbose_name_plural": "undone changes",
                "ordering": ["-undone_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["organization", "-undone_at", "-id"], name="idx_activity_undo_time"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("organization", "request_id"),
                        name="activity_undo_once",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "undo_request_id", "request_id"),
                        name="activity_undo_by_request_once",
                    ),
                ],
            },
        ),
        TenantTable("Undo", audited=False),
    ]
