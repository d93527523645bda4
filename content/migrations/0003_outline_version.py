"""Every change to a course's outline raises `courses_course.outline_version`, by which pages cache it."""

from django.db import migrations

OUTLINE_VERSION = """
CREATE FUNCTION content_raise_outline_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE courses_course SET outline_version = outline_version + 1
    WHERE id IN (SELECT course_id FROM changed_rows);
    RETURN NULL;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER outline_version_{event.lower()} AFTER {event} ON {table}
    REFERENCING {"OLD" if event == "DELETE" else "NEW"} TABLE AS changed_rows
    FOR EACH STATEMENT EXECUTE FUNCTION content_raise_outline_version();
"""
    for table in ("content_module", "content_lesson")
    for event in ("INSERT", "UPDATE", "DELETE")
)

UNDO = (
    "".join(
        f"DROP TRIGGER outline_version_{event} ON {table};"
        for table in ("content_module", "content_lesson")
        for event in ("insert", "update", "delete")
    )
    + "DROP FUNCTION content_raise_outline_version()"
)


class Migration(migrations.Migration):
    dependencies = [("content", "0002_guard_tables"), ("courses", "0003_search_and_seats")]

    operations = [migrations.RunSQL(OUTLINE_VERSION, UNDO)]
