"""A claim writes the enrollment and its first change in one statement, and the course's seats after both."""

from importlib import import_module

from django.db import migrations

before = import_module("enrollments.migrations.0006_claim_seat")
seats = import_module("enrollments.migrations.0003_seats_and_states")

# All triggers run at the end of the statement and the one that counts seats runs last, so the row of the
# course where all requests meet is locked for as short as can be.
CLAIM_SEAT = """
CREATE OR REPLACE FUNCTION enrollments_claim_seat(
    organization uuid, enrollment uuid, course uuid, student uuid, change uuid, by_whom uuid,
    why text, at_time timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    WITH claimed AS (
        INSERT INTO enrollments_enrollment (
            organization_id, id, course_id, student_id, status, enrolled_at, created_at, updated_at,
            rejection_reason, percent, completed_lesson_count, outline_version, total_time_seconds,
            engagement_score
        )
        VALUES (
            organization, enrollment, course, student, 'active', at_time, at_time, at_time, '', 0, 0, 0, 0, 0
        )
        ON CONFLICT (course_id, student_id) DO NOTHING
        RETURNING id
    )
    INSERT INTO enrollments_enrollmentchange (
        organization_id, id, enrollment_id, student_id, from_status, to_status, by_id, at, reason,
        created_at, updated_at
    )
    SELECT organization, change, claimed.id, student, '', 'active', by_whom, at_time, why, at_time, at_time
    FROM claimed;
    RETURN CASE WHEN FOUND THEN 'claimed' ELSE 'there' END;
EXCEPTION WHEN check_violation THEN
    GET STACKED DIAGNOSTICS broken = CONSTRAINT_NAME;
    IF broken = 'courses_courseseats_never_oversold' THEN
        RETURN 'full';
    END IF;
    RAISE;
END $$;
"""

# One course at a time, in one order: two statements over many courses cannot wait for each other, and who
# waited for a course's row looks at that row alone again.
COUNT_INSERTED = """
CREATE OR REPLACE FUNCTION enrollments_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT course_id, count(*) AS seats, count(*) FILTER (WHERE status = 'completed') AS completed
        FROM new_rows WHERE enrollments_holds_seat(status) GROUP BY course_id ORDER BY course_id
    LOOP
        UPDATE courses_courseseats
        SET taken = taken + change.seats, student_count = student_count + change.seats,
            completed_count = completed_count + change.completed
        WHERE course_id = change.course_id;
    END LOOP;
    RETURN NULL;
END $$;
"""
_, start, rest = seats.COUNT_SEATS.partition("CREATE FUNCTION enrollments_count_inserted()")
COUNT_INSERTED_BEFORE = (start + rest.partition("CREATE FUNCTION")[0]).replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

# The history of an enrollment says itself who added to it and when; that somebody changed it would be news.
AUDIT = """
CREATE OR REPLACE TRIGGER audit_row AFTER {events} ON enrollments_enrollmentchange
    FOR EACH ROW EXECUTE FUNCTION tenancy_audit_row('id', '', '')
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0007_fewer_indexes")]

    operations = [
        migrations.RunSQL(
            CLAIM_SEAT,
            before.CLAIM_SEAT.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        ),
        migrations.RunSQL(COUNT_INSERTED, COUNT_INSERTED_BEFORE),
        migrations.RunSQL(
            AUDIT.format(events="UPDATE OR DELETE"),
            AUDIT.format(events="INSERT OR UPDATE OR DELETE"),
        ),
    ]
