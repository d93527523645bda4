"""The claim of a seat: the enrollment and its first change, or word that there is none left."""

from django.db import migrations

# The trigger that counts seats runs at the end of the insert, so the row of the course where all requests
# meet is locked last, and the claim needs no look before it.
CLAIM_SEAT = """
CREATE FUNCTION enrollments_claim_seat(
    organization uuid, enrollment uuid, course uuid, student uuid, change uuid, by_whom uuid,
    why text, at_time timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    INSERT INTO enrollments_enrollment (
        organization_id, id, course_id, student_id, status, enrolled_at, created_at, updated_at,
        rejection_reason, percent, completed_lesson_count, outline_version, total_time_seconds,
        engagement_score
    )
    VALUES (
        organization, enrollment, course, student, 'active', at_time, at_time, at_time, '', 0, 0, 0, 0, 0
    )
    ON CONFLICT (course_id, student_id) DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'there';
    END IF;
    INSERT INTO enrollments_enrollmentchange (
        organization_id, id, enrollment_id, student_id, from_status, to_status, by_id, at, reason,
        created_at, updated_at
    )
    VALUES (
        organization, change, enrollment, student, '', 'active', by_whom, at_time, why, at_time, at_time
    );
    RETURN 'claimed';
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    IF broken = 'courses_courseseats_never_oversold' THEN
        RETURN 'full';
    END IF;
    RAISE;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0005_order_of_people")]

    operations = [
        migrations.RunSQL(
            CLAIM_SEAT,
            "DROP FUNCTION enrollments_claim_seat(uuid, uuid, uuid, uuid, uuid, uuid, text, timestamptz)",
        )
    ]
