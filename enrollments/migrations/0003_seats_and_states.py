"""What the database holds of enrollments: the seats they take, and which state may follow which."""

from django.db import migrations

# One statement per change, however many rows: the course's narrow row of counts is the last thing locked,
# and a seat too many undoes the statement.
COUNT_SEATS = """
CREATE FUNCTION enrollments_holds_seat(status text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT status IN ('active', 'paused', 'suspended', 'completed') $$;

CREATE FUNCTION enrollments_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE courses_courseseats seats
    SET taken = seats.taken + change.seats, student_count = seats.student_count + change.seats,
        completed_count = seats.completed_count + change.completed
    FROM (
        SELECT course_id, count(*) AS seats, count(*) FILTER (WHERE status = 'completed') AS completed
        FROM new_rows WHERE enrollments_holds_seat(status) GROUP BY course_id
    ) change
    WHERE seats.course_id = change.course_id;
    RETURN NULL;
END $$;

CREATE FUNCTION enrollments_count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE courses_courseseats seats
    SET taken = seats.taken - change.seats, student_count = seats.student_count - change.seats,
        completed_count = seats.completed_count - change.completed
    FROM (
        SELECT course_id, count(*) AS seats, count(*) FILTER (WHERE status = 'completed') AS completed
        FROM old_rows WHERE enrollments_holds_seat(status) GROUP BY course_id
    ) change
    WHERE seats.course_id = change.course_id;
    RETURN NULL;
END $$;

CREATE FUNCTION enrollments_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE courses_courseseats seats
    SET taken = seats.taken + change.seats, student_count = seats.student_count + change.seats,
        completed_count = seats.completed_count + change.completed
    FROM (
        SELECT course_id, sum(seats) AS seats, sum(completed) AS completed FROM (
            SELECT course_id, 1 AS seats, (status = 'completed')::int AS completed
            FROM new_rows WHERE enrollments_holds_seat(status)
            UNION ALL
            SELECT course_id, -1, -(status = 'completed')::int
            FROM old_rows WHERE enrollments_holds_seat(status)
        ) both_sides
        GROUP BY course_id HAVING sum(seats) <> 0 OR sum(completed) <> 0
    ) change
    WHERE seats.course_id = change.course_id;
    RETURN NULL;
END $$;

CREATE TRIGGER count_inserted AFTER INSERT ON enrollments_enrollment
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION enrollments_count_inserted();
CREATE TRIGGER count_deleted AFTER DELETE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION enrollments_count_deleted();
CREATE TRIGGER count_updated AFTER UPDATE ON enrollments_enrollment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION enrollments_count_updated();
"""

# Section 6 of the design; `enrollments/states.py` holds the same table and a test compares the two.
TRANSITIONS = """
CREATE FUNCTION enrollments_lawful_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (OLD.status || '>' || NEW.status = ANY (ARRAY[
        'pending>active', 'pending>rejected', 'pending>withdrawn',
        'active>completed', 'active>paused', 'active>suspended', 'active>withdrawn', 'active>expired',
        'paused>active', 'paused>withdrawn',
        'suspended>active', 'suspended>withdrawn',
        'rejected>pending', 'rejected>active',
        'withdrawn>pending', 'withdrawn>active',
        'expired>pending', 'expired>active',
        'completed>active'
    ])) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'enrollments_enrollment_lawful_change',
            MESSAGE = format('enrollments_enrollment_lawful_change: %s cannot become %s', OLD.status, NEW.status);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_change BEFORE UPDATE OF status ON enrollments_enrollment FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION enrollments_lawful_change();
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0002_guard_tables"), ("courses", "0003_search_and_seats")]

    operations = [
        migrations.RunSQL(
            COUNT_SEATS,
            "DROP TRIGGER count_inserted ON enrollments_enrollment;"
            "DROP TRIGGER count_updated ON enrollments_enrollment;"
            "DROP TRIGGER count_deleted ON enrollments_enrollment;"
            "DROP FUNCTION enrollments_count_inserted();"
            "DROP FUNCTION enrollments_count_updated();"
            "DROP FUNCTION enrollments_count_deleted();"
            "DROP FUNCTION enrollments_holds_seat(text)",
        ),
        migrations.RunSQL(
            TRANSITIONS,
            "DROP TRIGGER lawful_change ON enrollments_enrollment; DROP FUNCTION enrollments_lawful_change()",
        ),
    ]
