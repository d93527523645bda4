"""An index for misspelt titles that works under row security, and one for sorting by title."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("courses", "0003_search_and_seats")]

    operations = [
        migrations.RemoveIndex("course", "idx_courses_course_title_trgm"),
        migrations.AddIndex(
            "course",
            GinIndex(
                F("organization"),
                OpClass("title", name="gin_trgm_ops"),
                name="idx_courses_course_trigrams",
            ),
        ),
        migrations.AddIndex(
            "course",
            models.Index(
                F("organization"),
                F("status"),
                Lower("title"),
                F("id"),
                name="idx_courses_course_title",
            ),
        ),
    ]
