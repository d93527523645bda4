"""Drafts and versions of lessons, learning paths, and courses that come in and go out as files."""

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

#: What changes with every save of a draft.
DRAFT = ("revision", "edited_at", "edited_by_id")

VERSIONS_STAY = """
CREATE TRIGGER version_stays BEFORE UPDATE ON content_lessonversion
    FOR EACH ROW EXECUTE FUNCTION courses_version_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0006_no_index_on_organization_alone"),
        ("courses", "0008_drafts_versions_and_reviews"),
        ("tenancy", "0010_audit_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CourseText",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "course",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                ("pieces", models.JSONField(blank=True, default=dict, verbose_name="pieces")),
                ("written_at", models.DateTimeField(verbose_name="written")),
            ],
            options={
                "verbose_name": "text of a course",
                "verbose_name_plural": "texts of courses",
            },
        ),
        migrations.CreateModel(
            name="CourseTransfer",
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
                    "direction",
                    models.CharField(
                        choices=[("import", "Import"), ("export", "Export")],
                        max_length=10,
                        verbose_name="direction",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=255, upload_to="transfers/", verbose_name="file"
                    ),
                ),
                (
                    "file_name",
                    models.CharField(blank=True, max_length=255, verbose_name="name of the file"),
                ),
                ("done_steps", models.PositiveIntegerField(default=0, verbose_name="steps done")),
                ("total_steps", models.PositiveIntegerField(default=0, verbose_name="steps")),
                ("options", models.JSONField(blank=True, default=dict, verbose_name="options")),
                ("report", models.JSONField(blank=True, default=dict, verbose_name="report")),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
            ],
            options={
                "verbose_name": "transfer of a course",
                "verbose_name_plural": "transfers of courses",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ItemDraft",
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
                    "item",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="content.contentitem",
                        verbose_name="content item",
                    ),
                ),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("body", models.TextField(blank=True, help_text="Markdown.", verbose_name="text")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="address")),
                ("caption", models.CharField(blank=True, max_length=500, verbose_name="caption")),
            ],
            options={
                "verbose_name": "draft of a content item",
                "verbose_name_plural": "drafts of content items",
            },
        ),
        migrations.CreateModel(
            name="LearningPath",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("slug", models.SlugField(max_length=200, verbose_name="short name")),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One or two sentences.",
                        max_length=500,
                        verbose_name="summary",
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, help_text="Markdown.", verbose_name="description"),
                ),
                ("description_html", models.TextField(blank=True, editable=False)),
                (
                    "thumbnail",
                    models.ImageField(blank=True, upload_to="thumbnails/", verbose_name="picture"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("published", "Published"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "is_sequential",
                    models.BooleanField(
                        default=True,
                        help_text="A step opens when those before it are complete.",
                        verbose_name="in order",
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="published"
                    ),
                ),
                (
                    "deleted_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="in the trash since"
                    ),
                ),
            ],
            options={
                "verbose_name": "learning path",
                "verbose_name_plural": "learning paths",
                "ordering": ["title", "id"],
            },
        ),
        migrations.CreateModel(
            name="LessonDraft",
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
                    "lesson",
                    tenancy.fields.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="draft",
                        serialize=False,
                        to="content.lesson",
                        verbose_name="lesson",
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=dict, verbose_name="changes")),
            ],
            options={
                "verbose_name": "draft of a lesson",
                "verbose_name_plural": "drafts of lessons",
            },
        ),
        migrations.CreateModel(
            name="LessonVersion",
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
                "verbose_name": "version of a lesson",
                "verbose_name_plural": "versions of lessons",
                "ordering": ["lesson", "-number"],
            },
        ),
        migrations.CreateModel(
            name="PathPrerequisite",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ],
            options={
                "verbose_name": "prerequisite of a path",
                "verbose_name_plural": "prerequisites of paths",
                "ordering": ["created_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="PathStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                (
                    "is_required",
                    models.BooleanField(
                        default=True,
                        help_text="The path is complete without it otherwise.",
                        verbose_name="required",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a path",
                "verbose_name_plural": "steps of paths",
                "ordering": ["path", "position"],
            },
        ),
        migrations.AddField(
            model_name="lesson",
            name="is_draft",
            field=models.BooleanField(
                default=False, help_text="Students do not see it yet.", verbose_name="not published"
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="opens_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Counted from the day a student enrolled.",
                null=True,
                verbose_name="opens after days",
            ),
        ),
        migrations.AddField(
            model_name="lesson",
            name="opens_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opens at"),
        ),
        migrations.AddField(
            model_name="mediaasset",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=50),
                blank=True,
                default=list,
                size=None,
                verbose_name="tags",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="is_draft",
            field=models.BooleanField(
                default=False, help_text="Students do not see it yet.", verbose_name="not published"
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="lesson_order",
            field=models.CharField(
                choices=[
                    ("course", "As the course has it"),
                    ("sequential", "One after the other"),
                    ("free", "In any order"),
                ],
                default="course",
                max_length=20,
                verbose_name="lessons open",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="opens_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Counted from the day a student enrolled.",
                null=True,
                verbose_name="opens after days",
            ),
        ),
        migrations.AddField(
            model_name="module",
            name="opens_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="opens at"),
        ),
        migrations.AddField(
            model_name="videoasset",
            name="problem",
            field=models.CharField(
                blank=True, editable=False, max_length=500, verbose_name="problem"
            ),
        ),
        migrations.AddIndex(
            model_name="contentitem",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "-deleted_at", "-id"],
                name="idx_content_item_trash",
            ),
        ),
        migrations.AddIndex(
            model_name="lesson",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "-deleted_at", "-id"],
                name="idx_content_lesson_trash",
            ),
        ),
        migrations.AddIndex(
            model_name="mediaasset",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "-deleted_at", "-id"],
                name="idx_content_media_trash",
            ),
        ),
        migrations.AddIndex(
            model_name="module",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["organization", "-deleted_at", "-id"],
                name="idx_content_module_trash",
            ),
        ),
        migrations.AddConstraint(
            model_name="lesson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at__isnull", True), ("opens_after_days__isnull", True), _connector="OR"
                ),
                name="content_lesson_one_release",
                violation_error_message="Choose a date or a number of days, not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("opens_at__isnull", True), ("opens_after_days__isnull", True), _connector="OR"
                ),
                name="content_module_one_release",
                violation_error_message="Choose a date or a number of days, not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="module",
            constraint=models.CheckConstraint(
                condition=models.Q(("lesson_order__in", ["course", "sequential", "free"])),
                name="content_module_lesson_order_known",
            ),
        ),
        migrations.AddField(
            model_name="coursetext",
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
            model_name="coursetransfer",
            name="course",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transfers",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AddField(
            model_name="coursetransfer",
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
            model_name="coursetransfer",
            name="started_by",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="started by",
            ),
        ),
        migrations.AddField(
            model_name="itemdraft",
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
            model_name="itemdraft",
            name="media",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="content.mediaasset",
                verbose_name="file",
            ),
        ),
        migrations.AddField(
            model_name="itemdraft",
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
            model_name="itemdraft",
            name="video",
            field=tenancy.fields.TenantForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="content.videoasset",
                verbose_name="video",
            ),
        ),
        migrations.AddField(
            model_name="learningpath",
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
            model_name="learningpath",
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
            model_name="lessondraft",
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
            model_name="lessondraft",
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
            model_name="lessonversion",
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
            model_name="lessonversion",
            name="lesson",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="content.lesson",
                verbose_name="lesson",
            ),
        ),
        migrations.AddField(
            model_name="lessonversion",
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
            model_name="pathprerequisite",
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
            model_name="pathprerequisite",
            name="path",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="prerequisite_links",
                to="content.learningpath",
                verbose_name="path",
            ),
        ),
        migrations.AddField(
            model_name="pathprerequisite",
            name="required_path",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="required_by_links",
                to="content.learningpath",
                verbose_name="must be completed first",
            ),
        ),
        migrations.AddField(
            model_name="learningpath",
            name="prerequisites",
            field=models.ManyToManyField(
                related_name="+",
                through="content.PathPrerequisite",
                to="content.learningpath",
                verbose_name="prerequisites",
            ),
        ),
        migrations.AddField(
            model_name="pathstep",
            name="course",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="path_steps",
                to="courses.course",
                verbose_name="course",
            ),
        ),
        migrations.AddField(
            model_name="pathstep",
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
            model_name="pathstep",
            name="path",
            field=tenancy.fields.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="content.learningpath",
                verbose_name="path",
            ),
        ),
        migrations.AddIndex(
            model_name="coursetransfer",
            index=models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_content_transfer_created"
            ),
        ),
        migrations.AddIndex(
            model_name="coursetransfer",
            index=models.Index(
                fields=["started_by", "-created_at", "-id"], name="idx_content_transfer_by"
            ),
        ),
        migrations.AddConstraint(
            model_name="coursetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["import", "export"])),
                name="content_coursetransfer_direction_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="coursetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "running", "done", "failed"])),
                name="content_coursetransfer_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="coursetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status__in", ["waiting", "running"])),
                    models.Q(("finished_at__isnull", False), ("status__in", ["done", "failed"])),
                    _connector="OR",
                ),
                name="content_coursetransfer_finished_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="lessonversion",
            constraint=models.UniqueConstraint(
                fields=("lesson", "number"), name="content_lessonversion_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="lessonversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gt", 0)), name="content_lessonversion_number_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathprerequisite",
            constraint=models.UniqueConstraint(
                fields=("path", "required_path"), name="content_pathprerequisite_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathprerequisite",
            constraint=models.CheckConstraint(
                condition=models.Q(("path", models.F("required_path")), _negated=True),
                name="content_pathprerequisite_not_itself",
            ),
        ),
        migrations.AddIndex(
            model_name="learningpath",
            index=models.Index(
                fields=["organization", "status", "title", "id"], name="idx_content_path_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="learningpath",
            constraint=models.UniqueConstraint(
                fields=("organization", "slug"),
                name="content_learningpath_slug_once",
                violation_error_message="Another learning path has this short name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="learningpath",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "published", "archived"])),
                name="content_learningpath_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="learningpath",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"), ("published_at__isnull", False), _connector="OR"
                ),
                name="content_learningpath_published_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="learningpath",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="content_learningpath_title_not_empty",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathstep",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("path", "position"),
                name="content_pathstep_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathstep",
            constraint=models.UniqueConstraint(
                fields=("path", "course"),
                name="content_pathstep_course_once",
                violation_error_message="This course is a step of the path already.",
            ),
        ),
        TenantTable("ItemDraft", quiet=["body", "caption", *DRAFT]),
        TenantTable("LessonDraft", quiet=["changes", *DRAFT]),
        TenantTable("LessonVersion", quiet=["snapshot"]),
        TenantTable("LearningPath", quiet=["description_html"]),
        TenantTable("PathStep"),
        TenantTable("PathPrerequisite"),
        TenantTable("CourseTransfer", quiet=["done_steps", "total_steps", "report"]),
        TenantTable("CourseText", audited=False),
        migrations.RunSQL(VERSIONS_STAY, "DROP TRIGGER version_stays ON content_lessonversion"),
    ]
