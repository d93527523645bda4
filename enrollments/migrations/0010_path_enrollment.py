"""Places on learning paths, private to their student."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0007_drafts_versions_and_paths"),
        ("enrollments", "0009_share_a_course"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PathEnrollment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="left")),
                (
                    "completed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="completed"),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="progress",
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
                    "path",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrollments",
                        to="content.learningpath",
                        verbose_name="learning path",
                    ),
                ),
                (
                    "student",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
            ],
            options={
                "verbose_name": "place on a learning path",
                "verbose_name_plural": "places on learning paths",
                "ordering": ["-joined_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["student", "-joined_at", "-id"], name="idx_path_enrollment_student"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("path", "student"), name="enrollments_pathenrollment_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 0), ("percent__lte", 100)),
                        name="enrollments_pathenrollment_percent_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at__isnull", False), ("percent", 100)),
                            models.Q(("completed_at__isnull", True), ("percent__lt", 100)),
                            _connector="OR",
                        ),
                        name="enrollments_pathenrollment_complete_at_full",
                    ),
                ],
            },
        ),
        TenantTable("PathEnrollment", private_to="student_id", quiet=["percent"]),
    ]
