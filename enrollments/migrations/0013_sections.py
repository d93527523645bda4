"""Sections of a course: their dates and teachers, and that they hold no more people than they have seats."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

# Who is in a section has a seat on its course, and leaves it with the course.
OF_COURSE = """
CREATE FUNCTION enrollments_section_of_course() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM enrollments_section s JOIN enrollments_enrollment e ON e.course_id = s.course_id
        WHERE s.id = NEW.section_id AND e.id = NEW.enrollment_id AND enrollments_holds_seat(e.status)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'enrollments_sectionmember_of_course',
            MESSAGE = 'enrollments_sectionmember_of_course: no seat on the course of the section';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_course BEFORE INSERT OR UPDATE OF section_id, enrollment_id ON enrollments_sectionmember
    FOR EACH ROW EXECUTE FUNCTION enrollments_section_of_course();

CREATE FUNCTION enrollments_leave_section() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM enrollments_sectionmember WHERE enrollment_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER leave_section AFTER UPDATE OF status ON enrollments_enrollment FOR EACH ROW
    WHEN (enrollments_holds_seat(OLD.status) AND NOT enrollments_holds_seat(NEW.status))
    EXECUTE FUNCTION enrollments_leave_section();
"""

# Lowering the capacity below what is taken puts nobody out; one more than there is, is refused.
SEATS = """
CREATE FUNCTION enrollments_section_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'enrollments_section_never_oversold',
        MESSAGE = 'enrollments_section_never_oversold: every seat of the section is taken';
END $$;
CREATE TRIGGER never_oversold BEFORE UPDATE OF taken ON enrollments_section FOR EACH ROW
    WHEN (NEW.taken > OLD.taken AND NEW.taken > NEW.max_capacity)
    EXECUTE FUNCTION enrollments_section_full();

CREATE FUNCTION enrollments_count_in_section() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE enrollments_section SET taken = taken - 1 WHERE id = OLD.section_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        UPDATE enrollments_section SET taken = taken + 1 WHERE id = NEW.section_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_in_section AFTER INSERT OR DELETE OR UPDATE OF section_id ON enrollments_sectionmember
    FOR EACH ROW EXECUTE FUNCTION enrollments_count_in_section();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0009_ways_in"),
        ("enrollments", "0012_ways_in"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                (
                    "starts_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Before that, its people find the lessons closed.",
                        null=True,
                        verbose_name="begins",
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="For everybody in it.",
                        null=True,
                        verbose_name="access ends",
                    ),
                ),
                (
                    "max_capacity",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit but that of the course.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="seats",
                    ),
                ),
                (
                    "taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="people"),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
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
                "verbose_name": "section",
                "verbose_name_plural": "sections",
                "ordering": ["course", "title", "id"],
            },
        ),
        migrations.CreateModel(
            name="SectionMember",
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
                    "enrollment",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="section_places",
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
                    "section",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="enrollments.section",
                        verbose_name="section",
                    ),
                ),
                (
                    "student",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
            ],
            options={
                "verbose_name": "place in a section",
                "verbose_name_plural": "places in sections",
                "ordering": ["section", "id"],
            },
        ),
        migrations.CreateModel(
            name="SectionStaff",
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
                    "section",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff",
                        to="enrollments.section",
                        verbose_name="section",
                    ),
                ),
                (
                    "user",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "teacher of a section",
                "verbose_name_plural": "teachers of sections",
                "ordering": ["section", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                fields=("course", "title"),
                name="enrollments_section_title_once",
                violation_error_message="Another section of the course is called so.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__isnull", True),
                    ("ends_at__isnull", True),
                    ("starts_at__lt", models.F("ends_at")),
                    _connector="OR",
                ),
                name="enrollments_section_ends_after_start",
                violation_error_message="It has to end after it begins.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_capacity__isnull", True), ("max_capacity__gt", 0), _connector="OR"
                ),
                name="enrollments_section_capacity_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionmember",
            constraint=models.UniqueConstraint(
                fields=("enrollment",), name="enrollments_sectionmember_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sectionstaff",
            constraint=models.UniqueConstraint(
                fields=("section", "user"), name="enrollments_sectionstaff_once"
            ),
        ),
        TenantTable("Section", quiet=["taken"]),
        TenantTable("SectionStaff"),
        TenantTable("SectionMember", private_to="student_id"),
        migrations.RunSQL(
            OF_COURSE,
            "DROP TRIGGER leave_section ON enrollments_enrollment;"
            "DROP FUNCTION enrollments_leave_section();"
            "DROP TRIGGER of_course ON enrollments_sectionmember;"
            "DROP FUNCTION enrollments_section_of_course()",
        ),
        migrations.RunSQL(
            SEATS,
            "DROP TRIGGER count_in_section ON enrollments_sectionmember;"
            "DROP FUNCTION enrollments_count_in_section();"
            "DROP TRIGGER never_oversold ON enrollments_section;"
            "DROP FUNCTION enrollments_section_full()",
        ),
    ]
