"""Which files a version shows."""

import django.db.models.deletion
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0003_outline_version"),
        ("tenancy", "0003_guard_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="MediaUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "src",
                    models.CharField(
                        blank=True,
                        help_text="What the text calls the file.",
                        max_length=500,
                        verbose_name="as written",
                    ),
                ),
                (
                    "media",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="content.mediaasset",
                        verbose_name="file",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        default=tenancy.context.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "version",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="media_uses",
                        to="content.contentversion",
                        verbose_name="version",
                    ),
                ),
            ],
            options={
                "verbose_name": "use of a file",
                "verbose_name_plural": "uses of files",
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("version", "media", "src"), name="content_mediause_once"
                    )
                ],
            },
        ),
    ]
