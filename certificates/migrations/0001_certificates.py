"""Designs, certificates that keep what they say, and the keys that sign them."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

KEEP_FACTS = """
CREATE FUNCTION certificates_keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changing text[] := ARRAY['name', 'code_sealed', 'shows_name', 'replaced_at', 'revoked_at', 'revocation',
        'revocation_reason', 'revoked_by_id', 'updated_at'];
BEGIN
    IF to_jsonb(NEW) - changing <> to_jsonb(OLD) - changing OR NEW.name NOT IN (OLD.name, '') THEN
        RAISE EXCEPTION 'What a certificate says never changes.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_facts BEFORE UPDATE ON certificates_certificate
    FOR EACH ROW EXECUTE FUNCTION certificates_keep_facts();
"""
GIVE_FACTS_UP = """
DROP TRIGGER keep_facts ON certificates_certificate;
DROP FUNCTION certificates_keep_facts();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("courses", "0009_ways_in"),
        ("enrollments", "0010_path_enrollment"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
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
                    "orientation",
                    models.CharField(
                        choices=[("landscape", "Landscape"), ("portrait", "Portrait")],
                        default="landscape",
                        max_length=10,
                        verbose_name="orientation",
                    ),
                ),
                (
                    "color",
                    models.CharField(
                        blank=True,
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}\\Z",
                                "Write a colour as # and six hex digits, such as #0B6B63.",
                            )
                        ],
                        verbose_name="colour",
                    ),
                ),
                ("heading", models.CharField(blank=True, max_length=80, verbose_name="heading")),
                (
                    "opening",
                    models.CharField(
                        blank=True, max_length=160, verbose_name="line above the name"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, max_length=500, verbose_name="text below the name"
                    ),
                ),
                (
                    "signer_name",
                    models.CharField(blank=True, max_length=120, verbose_name="who signs"),
                ),
                (
                    "signer_role",
                    models.CharField(blank=True, max_length=120, verbose_name="their role"),
                ),
                (
                    "signature",
                    models.ImageField(
                        blank=True, upload_to="signatures/", verbose_name="signature"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=310, verbose_name="name")),
                (
                    "course_title",
                    models.CharField(max_length=200, verbose_name="title of the course"),
                ),
                (
                    "organization_name",
                    models.CharField(max_length=200, verbose_name="name of the organization"),
                ),
                (
                    "duration_minutes",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="duration in minutes"
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("completed_at", models.DateTimeField(verbose_name="completed")),
                (
                    "completed_on",
                    models.DateField(
                        help_text="In the student's time zone.", verbose_name="day of completion"
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                (
                    "code_hash",
                    models.CharField(
                        editable=False, max_length=64, verbose_name="hash of the code"
                    ),
                ),
                (
                    "code_sealed",
                    models.TextField(blank=True, editable=False, verbose_name="encrypted code"),
                ),
                (
                    "shows_name",
                    models.BooleanField(default=False, verbose_name="name on the public page"),
                ),
                (
                    "replaced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="replaced"),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "revocation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("staff", "Revoked by the organization"),
                            ("reopened", "The completion was taken back"),
                        ],
                        max_length=10,
                        verbose_name="kind of revocation",
                    ),
                ),
                (
                    "revocation_reason",
                    models.TextField(blank=True, max_length=500, verbose_name="reason"),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "enrollment",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="enrollments.enrollment",
                        verbose_name="enrollment",
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
                    "replaces",
                    tenancy.fields.TenantOneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced_by",
                        to="certificates.certificate",
                        verbose_name="replaces",
                    ),
                ),
                (
                    "revoked_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="revoked by",
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
                "verbose_name": "certificate",
                "verbose_name_plural": "certificates",
                "ordering": ["-issued_at", "-id"],
                "indexes": [
                    models.Index(fields=["enrollment"], name="idx_certificate_enrollment"),
                    models.Index(
                        fields=["student", "-issued_at", "-id"], name="idx_certificate_student"
                    ),
                    models.Index(
                        fields=["course", "-issued_at", "-id"], name="idx_certificate_course"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("replaced_at__isnull", True), ("revoked_at__isnull", True)
                        ),
                        fields=("enrollment",),
                        name="certificates_certificate_one_valid",
                        violation_error_message="There is a newer certificate that is valid.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("replaces__isnull", True)),
                        fields=("enrollment", "completed_at"),
                        name="certificates_certificate_once",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "code_hash"),
                        name="certificates_certificate_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("revocation", ""),
                                ("revoked_at__isnull", True),
                                ("revoked_by__isnull", True),
                            ),
                            models.Q(
                                ("revocation__in", ["staff", "reopened"]),
                                ("revoked_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="certificates_certificate_revocation_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("orientation__in", ["landscape", "portrait"])),
                        name="certificates_certificate_orientation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("color__regex", "^#[0-9a-fA-F]{6}$")),
                        name="certificates_certificate_color_hex",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CertificateDesign",
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
                    "orientation",
                    models.CharField(
                        choices=[("landscape", "Landscape"), ("portrait", "Portrait")],
                        default="landscape",
                        max_length=10,
                        verbose_name="orientation",
                    ),
                ),
                (
                    "color",
                    models.CharField(
                        blank=True,
                        max_length=7,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^#[0-9a-fA-F]{6}\\Z",
                                "Write a colour as # and six hex digits, such as #0B6B63.",
                            )
                        ],
                        verbose_name="colour",
                    ),
                ),
                ("heading", models.CharField(blank=True, max_length=80, verbose_name="heading")),
                (
                    "opening",
                    models.CharField(
                        blank=True, max_length=160, verbose_name="line above the name"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, max_length=500, verbose_name="text below the name"
                    ),
                ),
                (
                    "signer_name",
                    models.CharField(blank=True, max_length=120, verbose_name="who signs"),
                ),
                (
                    "signer_role",
                    models.CharField(blank=True, max_length=120, verbose_name="their role"),
                ),
                (
                    "signature",
                    models.ImageField(
                        blank=True, upload_to="signatures/", verbose_name="signature"
                    ),
                ),
                (
                    "course",
                    tenancy.fields.TenantOneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="courses.course",
                        verbose_name="course",
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
                "verbose_name": "design of certificates",
                "verbose_name_plural": "designs of certificates",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("course__isnull", True)),
                        fields=("organization",),
                        name="certificates_design_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("orientation__in", ["landscape", "portrait"])),
                        name="certificates_design_orientation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("color", ""), ("color__regex", "^#[0-9a-fA-F]{6}$"), _connector="OR"
                        ),
                        name="certificates_design_color_hex",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("kid", models.CharField(editable=False, max_length=64, verbose_name="key id")),
                ("public_jwk", models.JSONField(editable=False, verbose_name="public key")),
                (
                    "private_sealed",
                    models.TextField(editable=False, verbose_name="encrypted private key"),
                ),
                (
                    "retired_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="no longer used since"
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
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "kid"), name="certificates_signingkey_kid_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("organization",),
                        name="certificates_signingkey_one_in_use",
                    ),
                ],
            },
        ),
        TenantTable("CertificateDesign"),
        TenantTable("Certificate", private_to="student_id", secret=("code_hash", "code_sealed")),
        TenantTable("SigningKey", secret=("private_sealed",)),
        migrations.RunSQL(KEEP_FACTS, GIVE_FACTS_UP),
    ]
