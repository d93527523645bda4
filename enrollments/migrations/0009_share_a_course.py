"""Whether two people are on one course, asked by somebody who sees neither's enrollments."""

from django.db import migrations

# Rows about others are open within the function alone: asking is one statement, and leaves nothing open.
SHARE_A_COURSE = """
CREATE FUNCTION enrollments_share_a_course(one uuid, other uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('app.private_to', true);
    answer boolean;
BEGIN
    PERFORM set_config('app.private_to', '*', true);
    answer := EXISTS (
        SELECT FROM (
            SELECT course_id, student_id AS user_id FROM enrollments_enrollment
            WHERE student_id IN (one, other) AND status IN ('active', 'completed')
            UNION
            SELECT course_id, user_id FROM courses_coursestaff WHERE user_id IN (one, other)
            UNION
            SELECT id, owner_id FROM courses_course WHERE owner_id IN (one, other)
        ) part
        JOIN courses_course course ON course.id = part.course_id AND course.deleted_at IS NULL
        GROUP BY part.course_id HAVING count(*) = 2
    );
    PERFORM set_config('app.private_to', COALESCE(before, ''), true);
    RETURN answer;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0008_claim_in_one_statement"),
    ]

    operations = [
        migrations.RunSQL(SHARE_A_COURSE, "DROP FUNCTION enrollments_share_a_course(uuid, uuid)")
    ]
