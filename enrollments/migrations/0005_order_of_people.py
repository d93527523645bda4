"""Indexes for the orders in which the people of a course are listed."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0004_enrollment_outline_version")]

    operations = [
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                fields=["course", "percent", "id"], name="idx_enrollment_course_percent"
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                models.F("course"),
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce(
                        "last_accessed_at", "created_at"
                    ),
                    descending=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="idx_enrollment_course_last",
            ),
        ),
    ]
