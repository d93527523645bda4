"""Roles in people's hands, and who sees others' rows because of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

# Whatever is written to the column, it says what the roles grant: an account that is saved as it was read a
# moment ago gives nothing back that was taken meanwhile. `users.permissions.NEEDS_OTHERS_ROWS` names the same.
SEES_PRIVATE_ROWS = """
CREATE FUNCTION courses_sees_private_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sees_private_rows := EXISTS (
        SELECT FROM courses_roleassignment assigned JOIN users_role role ON role.id = assigned.role_id
        WHERE assigned.user_id = NEW.id AND role.permissions && ARRAY[
            'course.edit', 'course.publish', 'course.staff', 'enrollment.see', 'enrollment.manage',
            'activity.see', 'activity.export', 'activity.undo',
            'person.see', 'person.manage', 'person.view_as', 'privacy.decide'
        ]::varchar[]
    );
    RETURN NEW;
END $$;
CREATE TRIGGER sees_private_rows BEFORE UPDATE OF sees_private_rows ON users_user
    FOR EACH ROW EXECUTE FUNCTION courses_sees_private_rows();
CREATE TRIGGER sees_private_rows_new BEFORE INSERT ON users_user
    FOR EACH ROW WHEN (NEW.sees_private_rows) EXECUTE FUNCTION courses_sees_private_rows();
"""

# The lock on the role lets a change of its permissions and a new holder wait for each other.
ROLES_COME_AND_GO = """
CREATE FUNCTION courses_role_assigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        PERFORM FROM users_role WHERE id = NEW.role_id FOR SHARE;
    END IF;
    UPDATE users_user SET sees_private_rows = false WHERE id IN (OLD.user_id, NEW.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER role_assigned AFTER INSERT OR DELETE OR UPDATE OF user_id, role_id
    ON courses_roleassignment FOR EACH ROW EXECUTE FUNCTION courses_role_assigned();

CREATE FUNCTION courses_role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE users_user SET sees_private_rows = false
    WHERE id IN (SELECT user_id FROM courses_roleassignment WHERE role_id = NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER role_changed AFTER UPDATE OF permissions ON users_role
    FOR EACH ROW EXECUTE FUNCTION courses_role_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0006_no_index_on_organization_alone"),
        ("users", "0006_guard_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleAssignment",
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
                    "course",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        help_text="Empty: for the whole organization.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "given_by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given by",
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
                    "role",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="users.role",
                        verbose_name="role",
                    ),
                ),
                (
                    "user",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_assignments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "assigned role",
                "verbose_name_plural": "assigned roles",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(
                        fields=["organization", "-created_at", "-id"],
                        name="idx_courses_assigned_created",
                    ),
                    models.Index(
                        fields=["course", "created_at", "id"], name="idx_courses_assigned_course"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "role", "course"),
                        name="courses_roleassignment_once",
                        nulls_distinct=False,
                        violation_error_message="This person has this role already.",
                    )
                ],
            },
        ),
        TenantTable("RoleAssignment"),
        migrations.RunSQL(
            SEES_PRIVATE_ROWS,
            "DROP TRIGGER sees_private_rows_new ON users_user;"
            "DROP TRIGGER sees_private_rows ON users_user;"
            "DROP FUNCTION courses_sees_private_rows()",
        ),
        migrations.RunSQL(
            ROLES_COME_AND_GO,
            "DROP TRIGGER role_changed ON users_role;"
            "DROP FUNCTION courses_role_changed();"
            "DROP TRIGGER role_assigned ON courses_roleassignment;"
            "DROP FUNCTION courses_role_assigned()",
        ),
    ]
