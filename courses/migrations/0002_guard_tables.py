"""Row security, composite keys and audit for courses."""

from django.db import migrations

from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial"), ("users", "0002_guard_tables")]

    operations = [
        TenantTable("Subject"),
        TenantTable("Course", quiet=["description_html", "search_vector", "outline_version"]),
        TenantTable("CourseSeats", audited=False),
        TenantTable("CourseStaff"),
        TenantTable("CoursePrerequisite"),
        TenantTable("FormerSlug"),
    ]
