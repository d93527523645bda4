"""Row security, composite keys and audit for progress; rows are private to their student."""

from django.db import migrations

from tenancy.operations import TenantTable

# Progress is about the very student of its enrollment.
SAME_STUDENT = "".join(
    f"""
ALTER TABLE {table} ADD CONSTRAINT {table}_same_student
    FOREIGN KEY (organization_id, enrollment_id, student_id)
    REFERENCES enrollments_enrollment (organization_id, id, student_id) DEFERRABLE INITIALLY IMMEDIATE;
"""
    for table in ("progress_lessonprogress", "progress_moduleprogress")
)
UNDO_SAME_STUDENT = "".join(
    f"ALTER TABLE {table} DROP CONSTRAINT {table}_same_student;"
    for table in ("progress_lessonprogress", "progress_moduleprogress")
)


class Migration(migrations.Migration):
    dependencies = [("progress", "0001_initial"), ("enrollments", "0002_guard_tables")]

    operations = [
        TenantTable(
            "LessonProgress",
            private_to="student_id",
            quiet=["time_spent_seconds", "view_count", "last_viewed_at"],
        ),
        TenantTable("ModuleProgress", private_to="student_id", audited=False),
        migrations.RunSQL(SAME_STUDENT, UNDO_SAME_STUDENT),
    ]
