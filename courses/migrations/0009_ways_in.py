"""Until when people join and learn, and how long an offered seat waits for its answer."""

import django.core.validators
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0008_drafts_versions_and_reviews"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="course",
            name="access_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="access ends after days",
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="access_ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="access ends on a day"),
        ),
        migrations.AddField(
            model_name="course",
            name="enrollment_closes_at",
            field=models.DateTimeField(
                blank=True,
                help_text="From then on nobody joins, and the waitlist stands still.",
                null=True,
                verbose_name="enrollment closes",
            ),
        ),
        migrations.AddField(
            model_name="course",
            name="offer_hours",
            field=models.PositiveSmallIntegerField(
                db_default=48,
                default=48,
                help_text="0: whoever is next gets the seat at once.",
                validators=[django.core.validators.MaxValueValidator(720)],
                verbose_name="hours to accept an offered seat",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(("offer_hours__lte", 720)),
                name="courses_course_offer_hours_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("access_ends_at__isnull", True), ("access_days__isnull", True), _connector="OR"
                ),
                name="courses_course_access_ends_once",
                violation_error_message="Access ends on a day or after days, not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("access_days__isnull", True), ("access_days__gt", 0), _connector="OR"
                ),
                name="courses_course_access_days_positive",
            ),
        ),
    ]
