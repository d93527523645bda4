"""From which version of the outline an enrollment's progress was derived; not worth an audit entry by itself."""

from django.db import migrations, models

AUDIT = """
CREATE OR REPLACE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON enrollments_enrollment
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit_row('id',
    'last_lesson_id,total_time_seconds,last_accessed_at,last_activity_at,engagement_score{more}', '')
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0003_seats_and_states")]

    operations = [
        migrations.AddField(
            model_name="enrollment",
            name="outline_version",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.RunSQL(AUDIT.format(more=",outline_version"), AUDIT.format(more="")),
    ]
