"""What is being written, what was published, and what those who learned say of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

# Whoever it was published by may leave; everything else of a version stays as it was.
VERSIONS_STAY = """
CREATE FUNCTION courses_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['created_at', 'updated_at', 'created_by_id'];
BEGIN
    IF to_jsonb(OLD) - free <> to_jsonb(NEW) - free
        OR (NEW.created_by_id IS NOT NULL AND NEW.created_by_id IS DISTINCT FROM OLD.created_by_id)
    THEN
        RAISE EXCEPTION 'A version is not changed; publish a new one.'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_stays BEFORE UPDATE ON courses_courseversion
    FOR EACH ROW EXECUTE FUNCTION courses_version_stays();
"""

# Only what is not hidden counts. The row of a course is made with its first review.
RATINGS = """
CREATE FUNCTION courses_sum_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was courses_coursereview := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD END;
    becomes courses_coursereview := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE NEW END;
    counted_before int := (TG_OP <> 'INSERT' AND was.hidden_at IS NULL)::int;
    counted_now int := (TG_OP <> 'DELETE' AND becomes.hidden_at IS NULL)::int;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO courses_courserating
            (course_id, organization_id, created_at, updated_at, review_count, rating_sum)
        VALUES (NEW.course_id, NEW.organization_id, now(), now(), 0, 0)
        ON CONFLICT (course_id) DO NOTHING;
    END IF;
    UPDATE courses_courserating SET
        review_count = review_count + counted_now - counted_before,
        rating_sum = rating_sum + counted_now * COALESCE(becomes.rating, 0)
            - counted_before * COALESCE(was.rating, 0)
    WHERE course_id = COALESCE(becomes.course_id, was.course_id);
    RETURN NULL;
END $$;
CREATE TRIGGER sum_ratings AFTER INSERT OR DELETE OR UPDATE OF rating, hidden_at
    ON courses_coursereview FOR EACH ROW EXECUTE FUNCTION courses_sum_ratings();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0007_role_assignment"),
        ("tenancy", "0010_audit_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseDraft",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("revision", models.PositiveIntegerField(default=1, verbose_name="revision")),
                (
                    "base_number",
                    models.PositiveIntegerField(default=0, verbose_name="begun from version"),
                ),
                ("edited_at", models.DateTimeField(verbose_name="last edited")),
                (
                    "course",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="changes")),
            ],
            options={
                "verbose_name": "draft of a course",
                "verbose_name_plural": "drafts of courses",
            },
        ),
        migrations.CreateModel(
            name="CourseRating",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "course",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="rating",
                        serialize=False,
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "review_count",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="reviews"),
                ),
                (
                    "rating_sum",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="sum of ratings"
                    ),
                ),
            ],
            options={
                "verbose_name": "rating of a course",
                "verbose_name_plural": "ratings of courses",
            },
        ),
        migrations.CreateModel(
            name="CourseReview",
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
                    "rating",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
                        verbose_name="rating",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="review")),
                (
                    "edited_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="edited"
                    ),
                ),
                ("reply", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                (
                    "replied_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="answered"
                    ),
                ),
                (
                    "hidden_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="hidden"
                    ),
                ),
                (
                    "hidden_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="reason for hiding"),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="CourseVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("snapshot", models.JSONField(verbose_name="content")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
            options={
                "verbose_name": "version of a course",
                "verbose_name_plural": "versions of courses",
                "ordering": ["course", "-number"],
            },
        ),
        migrations.AddField(
            model_name="course",
            name="copied_from",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="copies",
                to="courses.course",
                verbose_name="copied from",
            ),
        ),
        migrations.AddIndex(
            model_name="course",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "-deleted_at", "-id"],
                name="idx_courses_course_trash",
            ),
        ),
        migrations.AddField(
            model_name="coursedraft",
            name="edited_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="last edited by",
            ),
        ),
        migrations.AddField(
            model_name="coursedraft",
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
        migrations.AddField(
            model_name="courserating",
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
        migrations.AddField(
            model_name="coursereview",
            name="author",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="coursereview",
            name="course",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reviews",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AddField(
            model_name="coursereview",
            name="hidden_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="hidden by",
            ),
        ),
        migrations.AddField(
            model_name="coursereview",
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
        migrations.AddField(
            model_name="coursereview",
            name="replied_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="answered by",
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="course",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
            name="created_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="courseversion",
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
            model_name="coursereview",
            index=models.Index(
                fields=["course", "-created_at", "-id"], name="idx_courses_review_course"
            ),
        ),
        migrations.AddIndex(
            model_name="coursereview",
            index=models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_courses_review_created"
            ),
        ),
        migrations.AddConstraint(
            model_name="coursereview",
            constraint=models.UniqueConstraint(
                fields=("course", "author"),
                name="courses_coursereview_once",
                violation_error_message="You have reviewed this course already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="coursereview",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__gte", 1), ("rating__lte", 5)),
                name="courses_coursereview_rating_1_to_5",
            ),
        ),
        migrations.AddConstraint(
            model_name="coursereview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hidden_at__isnull", True),
                    models.Q(("hidden_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="courses_coursereview_hidden_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.UniqueConstraint(
                fields=("course", "number"), name="courses_courseversion_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="courseversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)), name="courses_courseversion_number_positive"
            ),
        ),
        TenantTable("Course", quiet=["description_html", "search_vector", "outline_version"]),
        TenantTable("CourseVersion", quiet=["snapshot"]),
        TenantTable("CourseDraft", quiet=["changes", "revision", "edited_at", "edited_by_id"]),
        TenantTable("CourseReview"),
        TenantTable("CourseRating", audited=False),
        migrations.RunSQL(
            VERSIONS_STAY,
            "DROP TRIGGER version_stays ON courses_courseversion;"
            "DROP FUNCTION courses_version_stays()",
        ),
        migrations.RunSQL(
            RATINGS,
            "DROP TRIGGER sum_ratings ON courses_coursereview; DROP FUNCTION courses_sum_ratings()",
        ),
    ]
