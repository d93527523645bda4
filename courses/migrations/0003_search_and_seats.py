"""What the database keeps by itself: the search vector, and the seats of every course."""

from django.db import migrations

SEARCH = """
CREATE FUNCTION courses_search_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_vector :=
        setweight(to_tsvector('english', COALESCE(NEW.title, '')), 'A') ||
        setweight(to_tsvector('english', array_to_string(NEW.tags, ' ')), 'A') ||
        setweight(to_tsvector('english', COALESCE(NEW.summary, '')), 'B') ||
        setweight(to_tsvector('english', array_to_string(NEW.objectives, ' ')), 'C') ||
        setweight(to_tsvector('english', COALESCE(NEW.description, '')), 'D');
    RETURN NEW;
END $$;
CREATE TRIGGER search_row BEFORE INSERT OR UPDATE OF title, tags, summary, objectives, description
    ON courses_course FOR EACH ROW EXECUTE FUNCTION courses_search_row();
"""

SEATS = """
CREATE FUNCTION courses_seats_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO courses_courseseats
        (course_id, organization_id, capacity, taken, student_count, completed_count, created_at, updated_at)
    VALUES (NEW.id, NEW.organization_id, NEW.max_capacity, 0, 0, 0, now(), now())
    ON CONFLICT (course_id) DO UPDATE SET capacity = EXCLUDED.capacity;
    RETURN NULL;
END $$;
CREATE TRIGGER seats_row AFTER INSERT OR UPDATE OF max_capacity
    ON courses_course FOR EACH ROW EXECUTE FUNCTION courses_seats_row();
"""

# Lowering the capacity below what is taken evicts nobody; taking one more than there is, is refused.
NEVER_OVERSOLD = """
CREATE FUNCTION courses_never_oversold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'courses_courseseats_never_oversold',
        MESSAGE = 'courses_courseseats_never_oversold: every seat of the course is taken';
END $$;
CREATE TRIGGER never_oversold BEFORE UPDATE OF taken ON courses_courseseats FOR EACH ROW
    WHEN (NEW.taken > OLD.taken AND NEW.taken > NEW.capacity)
    EXECUTE FUNCTION courses_never_oversold();
"""


class Migration(migrations.Migration):
    dependencies = [("courses", "0002_guard_tables")]

    operations = [
        migrations.RunSQL(
            SEARCH, "DROP TRIGGER search_row ON courses_course; DROP FUNCTION courses_search_row()"
        ),
        migrations.RunSQL(
            SEATS, "DROP TRIGGER seats_row ON courses_course; DROP FUNCTION courses_seats_row()"
        ),
        migrations.RunSQL(
            NEVER_OVERSOLD,
            "DROP TRIGGER never_oversold ON courses_courseseats; DROP FUNCTION courses_never_oversold()",
        ),
    ]
