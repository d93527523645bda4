"""Search indexes take new rows at once: a list of pending ones keeps the planner away from them."""

from django.db import migrations

INDEXES = ("idx_courses_course_search", "idx_courses_course_trigrams")


class Migration(migrations.Migration):
    dependencies = [("courses", "0004_search_by_trigrams")]

    operations = [
        migrations.RunSQL(
            f"ALTER INDEX {index} SET (fastupdate = off)", f"ALTER INDEX {index} RESET (fastupdate)"
        )
        for index in INDEXES
    ]
