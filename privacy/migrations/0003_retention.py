"""How long an organization keeps what, and until when the records of those who were erased stay."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import lib.ids
import tenancy.context
from tenancy.operations import TenantTable

# A definer function, since the web role may only add to this log. It takes what the current organization's own
# policy no longer keeps, by the database's clock, and never anything of the last twelve months.
FORGET = """
CREATE FUNCTION privacy_forget_security_events(is_rehearsal boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    organization uuid := NULLIF(current_setting('app.organization_id', true), '')::uuid;
    months integer := greatest(12, coalesce(
        (SELECT p.security_log_months FROM privacy_retentionpolicy p WHERE p.organization_id = organization), 24
    ));
    kept_from timestamptz := now() - make_interval(months => months);
    event_count integer;
BEGIN
    IF is_rehearsal THEN
        SELECT count(*) INTO event_count FROM tenancy_securityevent s
            WHERE s.organization_id = organization AND s.at < kept_from;
    ELSE
        DELETE FROM tenancy_securityevent s WHERE s.organization_id = organization AND s.at < kept_from;
        GET DIAGNOSTICS event_count = ROW_COUNT;
    END IF;
    RETURN event_count;
END $$;
REVOKE ALL ON FUNCTION privacy_forget_security_events(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_forget_security_events(boolean) TO cairn_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_erase_logs"),
        ("tenancy", "0010_audit_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionPolicy",
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
                    "export_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        help_text="How long somebody can download the copy that was made for them.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(30),
                        ],
                        verbose_name="copies of personal data, in days",
                    ),
                ),
                (
                    "notification_months",
                    models.PositiveSmallIntegerField(
                        default=6,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="notifications, in months",
                    ),
                ),
                (
                    "visit_months",
                    models.PositiveSmallIntegerField(
                        default=12,
                        help_text="When and how often lessons were opened, once the person has left or finished the course and not come back. What was completed, and the time it took, stays.",
                        validators=[
                            django.core.validators.MinValueValidator(3),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="details of visits, in months",
                    ),
                ),
                (
                    "security_log_months",
                    models.PositiveSmallIntegerField(
                        default=24,
                        help_text="At least a year, so that a break-in that is found late can be followed.",
                        validators=[
                            django.core.validators.MinValueValidator(12),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="security log, in months",
                    ),
                ),
                (
                    "record_years",
                    models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Enrollments and progress that stay without a name. Ask which period the law sets for you; it holds for erasures from now on, since each proof names its date.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="records of people who were erased, in years",
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
                "verbose_name": "retention",
                "verbose_name_plural": "retention",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization",),
                        name="privacy_retentionpolicy_once",
                        violation_error_message="There is one already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("export_days__range", (1, 30)),
                            ("notification_months__range", (1, 24)),
                            ("visit_months__range", (3, 120)),
                            ("security_log_months__range", (12, 120)),
                            ("record_years__range", (1, 100)),
                        ),
                        name="privacy_retentionpolicy_within_limits",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="records_gone_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="records deleted"),
        ),
        migrations.AddField(
            model_name="erasurerequest",
            name="records_until",
            field=models.DateField(blank=True, null=True, verbose_name="records are kept until"),
        ),
        migrations.AddIndex(
            model_name="erasurerequest",
            index=models.Index(
                condition=models.Q(
                    ("records_gone_at__isnull", True), ("records_until__isnull", False)
                ),
                fields=["organization", "records_until"],
                name="idx_privacy_erasure_records",
            ),
        ),
        TenantTable("RetentionPolicy"),
        migrations.RunSQL(FORGET, "DROP FUNCTION privacy_forget_security_events(boolean)"),
    ]
