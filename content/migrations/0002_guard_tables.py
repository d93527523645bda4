"""Row security, composite keys and audit for content."""

from django.db import migrations

from tenancy.operations import TenantTable


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial"), ("courses", "0002_guard_tables")]

    operations = [
        TenantTable("MediaAsset"),
        TenantTable("VideoAsset"),
        TenantTable("ContentItem"),
        TenantTable("ContentVersion", quiet=["html"]),
        TenantTable("Module"),
        TenantTable("Lesson"),
        TenantTable("LessonItem"),
    ]
