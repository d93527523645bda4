"""Ways onto a course that is not open to all, and that nobody comes by approval without approver and time."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

claim = import_module("enrollments.migrations.0008_claim_in_one_statement")

# With the end of access and who approved it, so that one statement still writes all of a place.
SIGNATURE = "uuid, uuid, uuid, uuid, uuid, uuid, text, timestamptz"
CLAIM_SEAT = (
    claim.CLAIM_SEAT.replace("CREATE OR REPLACE", "CREATE")
    .replace("at_time timestamptz", "at_time timestamptz, ends_at timestamptz, approver uuid")
    .replace("engagement_score\n", "engagement_score, expires_at, approved_by_id, approved_at\n")
    .replace(
        "'', 0, 0, 0, 0, 0\n",
        "'', 0, 0, 0, 0, 0,\n            ends_at, approver, CASE WHEN approver IS NOT NULL THEN at_time END\n",
    )
)

# Asked when somebody comes onto a course, and when an approval is taken away, but not of those who were there
# before the course became one by approval. An approver's account may go later.
APPROVED = """
CREATE FUNCTION enrollments_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM courses_course WHERE id = NEW.course_id AND enrollment_type = 'approval'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'enrollments_enrollment_approved',
            MESSAGE = 'enrollments_enrollment_approved: nobody has approved this place';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approved_new BEFORE INSERT ON enrollments_enrollment FOR EACH ROW
    WHEN (enrollments_holds_seat(NEW.status) AND (NEW.approved_by_id IS NULL OR NEW.approved_at IS NULL))
    EXECUTE FUNCTION enrollments_approved();
CREATE TRIGGER approved_anew BEFORE UPDATE OF status, approved_at ON enrollments_enrollment FOR EACH ROW
    WHEN (
        enrollments_holds_seat(NEW.status) AND (
            NOT enrollments_holds_seat(OLD.status) AND (NEW.approved_by_id IS NULL OR NEW.approved_at IS NULL)
            OR OLD.approved_at IS NOT NULL AND NEW.approved_at IS NULL
        )
    )
    EXECUTE FUNCTION enrollments_approved();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0009_ways_in"),
        ("enrollments", "0011_waitlist"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="request_message",
            field=models.TextField(
                blank=True, db_default="", default="", verbose_name="message of the request"
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("secret_hash", models.CharField(editable=False, max_length=64)),
                ("sent_at", models.DateTimeField(verbose_name="sent")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                (
                    "accepted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="taken up"),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "accepted_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken up by",
                    ),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "invited_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invited by",
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
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["course", "-created_at", "-id"],
                        name="idx_invitation_course_created",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("revoked_at__isnull", True)
                        ),
                        fields=["organization", "email"],
                        name="idx_invitation_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "secret_hash"),
                        name="enrollments_invitation_secret_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("revoked_at__isnull", True)
                        ),
                        fields=("course", "email"),
                        name="enrollments_invitation_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="enrollments_invitation_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("sent_at"))),
                        name="enrollments_invitation_ends_later",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True),
                            ("revoked_at__isnull", True),
                            _connector="OR",
                        ),
                        name="enrollments_invitation_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", False),
                            ("accepted_by__isnull", True),
                            _connector="OR",
                        ),
                        name="enrollments_invitation_taken_up_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JoinCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("code", models.CharField(max_length=16, verbose_name="code")),
                (
                    "max_uses",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="how many may use it",
                    ),
                ),
                (
                    "used_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="used"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="works until"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "made_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
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
                "verbose_name": "join code",
                "verbose_name_plural": "join codes",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["course", "-created_at", "-id"], name="idx_joincode_course_created"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "code"), name="enrollments_joincode_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_uses__isnull", True), ("max_uses__gt", 0), _connector="OR"
                        ),
                        name="enrollments_joincode_some_uses",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_uses__isnull", True),
                            ("used_count__lte", models.F("max_uses")),
                            _connector="OR",
                        ),
                        name="enrollments_joincode_never_overused",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PreApproval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("value", models.CharField(max_length=254, verbose_name="address or domain")),
                (
                    "added_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
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
                "verbose_name": "approval in advance",
                "verbose_name_plural": "approvals in advance",
                "ordering": ["value", "id"],
                "indexes": [
                    models.Index(fields=["organization", "value"], name="idx_preapproval_value")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("course", "value"), name="enrollments_preapproval_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("value", django.db.models.functions.text.Lower("value")),
                            ("value__contains", "@"),
                        ),
                        name="enrollments_preapproval_address",
                    ),
                ],
            },
        ),
        TenantTable("PreApproval"),
        TenantTable("Invitation", secret=["secret_hash"]),
        TenantTable("JoinCode", quiet=["used_count"]),
        migrations.RunSQL(
            f"DROP FUNCTION enrollments_claim_seat({SIGNATURE});" + CLAIM_SEAT,
            f"DROP FUNCTION enrollments_claim_seat({SIGNATURE}, timestamptz, uuid);"
            + claim.CLAIM_SEAT,
        ),
        migrations.RunSQL(
            APPROVED,
            "DROP TRIGGER approved_new ON enrollments_enrollment;"
            "DROP TRIGGER approved_anew ON enrollments_enrollment;"
            "DROP FUNCTION enrollments_approved()",
        ),
    ]
