"""Roles, tokens, lockouts, and more of the person."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0006_security_log"),
        ("users", "0004_find_by_login"),
    ]

    operations = [
        migrations.AddField(
            model_name="profile",
            name="visibility",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="Names of fields, each with those who may see it.",
                verbose_name="who sees what",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="last_login_ip",
            field=models.GenericIPAddressField(
                blank=True, editable=False, null=True, verbose_name="last signed in from"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="sees_private_rows",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="Holds a role of the organization that lets them see the work of others.",
                verbose_name="sees others' work",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="suspension_reason",
            field=models.CharField(
                blank=True, max_length=255, verbose_name="reason of the suspension"
            ),
        ),
        migrations.CreateModel(
            name="InstructorProfile",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "user",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="instructor_profile",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                ("bio", models.TextField(blank=True, verbose_name="as a teacher")),
                ("expertise", models.CharField(blank=True, max_length=255, verbose_name="teaches")),
                (
                    "office_hours",
                    models.CharField(blank=True, max_length=255, verbose_name="office hours"),
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
            ],
            options={
                "verbose_name": "instructor profile",
                "verbose_name_plural": "instructor profiles",
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "prefix",
                    models.CharField(editable=False, max_length=8, verbose_name="begins with"),
                ),
                (
                    "token_hash",
                    models.CharField(editable=False, max_length=64, verbose_name="hash"),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("profile:read", "read my profile"),
                                ("courses:read", "read courses"),
                                ("progress:read", "read my progress"),
                                ("enrollments:write", "enroll and withdraw me"),
                            ],
                            max_length=30,
                        ),
                        default=list,
                        size=None,
                        verbose_name="may",
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="last used"
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                (
                    "revoked_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="revoked"
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
                    "user",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "token",
                "verbose_name_plural": "tokens",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["user", "-created_at", "-id"], name="idx_users_token_user")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "token_hash"), name="users_apitoken_hash_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "scopes__contained_by",
                                [
                                    "profile:read",
                                    "courses:read",
                                    "progress:read",
                                    "enrollments:write",
                                ],
                            )
                        ),
                        name="users_apitoken_scopes_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FailedSignIn",
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
                    "login_hash",
                    models.CharField(
                        help_text="Of the account; of what was typed where no account has it.",
                        max_length=64,
                        verbose_name="who, as a hash",
                    ),
                ),
                (
                    "door",
                    models.CharField(
                        choices=[
                            ("sign_in", "sign-in"),
                            ("password_reset", "reset of the password"),
                            ("second_factor", "second step"),
                            ("reauthentication", "asking for the password again"),
                            ("api", "programs"),
                        ],
                        max_length=20,
                        verbose_name="door",
                    ),
                ),
                (
                    "client_ip",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="from"),
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
            ],
            options={
                "verbose_name": "failed sign-in",
                "verbose_name_plural": "failed sign-ins",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["organization", "login_hash", "created_at"],
                        name="idx_users_failed_login",
                    ),
                    models.Index(
                        fields=["organization", "-created_at", "-id"],
                        name="idx_users_failed_created",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lockout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("login_hash", models.CharField(max_length=64, verbose_name="who, as a hash")),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "release_hash",
                    models.CharField(
                        blank=True,
                        editable=False,
                        max_length=64,
                        verbose_name="hash of the secret in the mail",
                    ),
                ),
                (
                    "released_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="released"),
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
                    "released_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="released by",
                    ),
                ),
                (
                    "user",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lockouts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "lockout",
                "verbose_name_plural": "lockouts",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        fields=["organization", "login_hash", "-until"],
                        name="idx_users_lockout_login",
                    ),
                    models.Index(
                        fields=["organization", "-created_at", "-id"],
                        name="idx_users_lockout_created",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by__isnull", True),
                            ("released_at__isnull", False),
                            _connector="OR",
                        ),
                        name="users_lockout_releaser_has_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("course.enroll", "take a seat on a course"),
                                ("course.create", "make courses"),
                                ("course.edit", "change a course and its content"),
                                ("course.publish", "publish, unpublish and archive a course"),
                                ("course.staff", "choose who looks after a course"),
                                ("enrollment.see", "see who is on a course, and how far they are"),
                                ("enrollment.manage", "enroll, suspend and withdraw people"),
                                ("activity.see", "see who changed what"),
                                ("activity.export", "export the activity"),
                                ("activity.undo", "undo changes of others"),
                                ("person.see", "see everybody's account"),
                                ("person.manage", "make, change and suspend accounts"),
                                ("person.view_as", "see the pages as a student sees them"),
                                ("role.manage", "make roles and give them to people"),
                                ("subject.manage", "arrange the subjects"),
                                ("security.see", "read the security log"),
                                ("privacy.decide", "decide on the erasure of personal data"),
                                ("organization.manage", "change the organization's settings"),
                            ],
                            max_length=50,
                        ),
                        size=None,
                        verbose_name="permissions",
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
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organization"),
                        django.db.models.functions.text.Lower("name"),
                        name="users_role_name_once",
                        violation_error_message="There is a role of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "permissions__contained_by",
                                [
                                    "course.enroll",
                                    "course.create",
                                    "course.edit",
                                    "course.publish",
                                    "course.staff",
                                    "enrollment.see",
                                    "enrollment.manage",
                                    "activity.see",
                                    "activity.export",
                                    "activity.undo",
                                    "person.see",
                                    "person.manage",
                                    "person.view_as",
                                    "role.manage",
                                    "subject.manage",
                                    "security.see",
                                    "privacy.decide",
                                    "organization.manage",
                                ],
                            )
                        ),
                        name="users_role_permissions_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StudentProfile",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "user",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="student_profile",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "student_number",
                    models.CharField(blank=True, max_length=50, verbose_name="student number"),
                ),
                ("program", models.CharField(blank=True, max_length=100, verbose_name="program")),
                ("goals", models.TextField(blank=True, verbose_name="what I want to learn")),
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
            ],
            options={
                "verbose_name": "student profile",
                "verbose_name_plural": "student profiles",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("student_number", ""), _negated=True),
                        fields=("organization", "student_number"),
                        name="users_studentprofile_number_once",
                        violation_error_message="Another student has this number.",
                    )
                ],
            },
        ),
    ]
