"""Row security, composite keys and audit for enrollments; rows are private to their student."""

from django.db import migrations

from tenancy.operations import TenantTable

# A change is about the very student of its enrollment.
SAME_STUDENT = """
ALTER TABLE enrollments_enrollmentchange ADD CONSTRAINT same_student
    FOREIGN KEY (organization_id, enrollment_id, student_id)
    REFERENCES enrollments_enrollment (organization_id, id, student_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0001_initial"), ("content", "0002_guard_tables")]

    operations = [
        TenantTable(
            "Enrollment",
            private_to="student_id",
            quiet=[
                "last_lesson_id",
                "total_time_seconds",
                "last_accessed_at",
                "last_activity_at",
                "engagement_score",
            ],
        ),
        TenantTable("EnrollmentChange", private_to="student_id"),
        migrations.RunSQL(
            SAME_STUDENT, "ALTER TABLE enrollments_enrollmentchange DROP CONSTRAINT same_student"
        ),
    ]
