"""Indexes that another one covers, or that a new enrollment need not enter."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenancy.context
import tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0006_no_index_on_organization_alone"),
        ("courses", "0006_no_index_on_organization_alone"),
        ("enrollments", "0006_claim_seat"),
        ("tenancy", "0009_no_index_on_organization_alone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="enrollment",
            name="idx_enrollment_course_status",
        ),
        migrations.RemoveIndex(
            model_name="enrollment",
            name="idx_enrollment_approval",
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="approved_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approved by",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="course",
            field=tenancy.fields.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="last_lesson",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="content.lesson",
                verbose_name="last lesson",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AlterField(
            model_name="enrollment",
            name="student",
            field=tenancy.fields.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrollments",
                to=settings.AUTH_USER_MODEL,
                verbose_name="student",
            ),
        ),
        migrations.AlterField(
            model_name="enrollmentchange",
            name="enrollment",
            field=tenancy.fields.TenantForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="enrollments.enrollment",
                verbose_name="enrollment",
            ),
        ),
        migrations.AlterField(
            model_name="enrollmentchange",
            name="organization",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.context.current_organization_id,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.organization",
                verbose_name="organization",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["organization", "approval_requested_at"],
                name="idx_enrollment_pending",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("approved_by__isnull", False)),
                fields=["approved_by"],
                name="idx_enrollment_approver",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(("last_lesson__isnull", False)),
                fields=["last_lesson"],
                name="idx_enrollment_last_lesson",
            ),
        ),
    ]
