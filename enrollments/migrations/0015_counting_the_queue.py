"""The queue is counted in one pass over an index, past offers without those who only joined; requests have an order."""

from django.db import migrations, models

QUEUE_PLACE = """
CREATE OR REPLACE FUNCTION enrollments_queue_place(
    of_entry uuid, since timestamptz,
    OUT ahead bigint, OUT total bigint, OUT offers bigint, OUT first_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('app.private_to', true);
    mine enrollments_waitlistentry;
BEGIN
    PERFORM set_config('app.private_to', '*', true);
    SELECT * INTO mine FROM enrollments_waitlistentry WHERE id = of_entry;
    SELECT
        count(*) FILTER (WHERE (w.priority, w.joined_at, w.id) < (mine.priority, mine.joined_at, mine.id)),
        count(*)
    INTO ahead, total
    FROM enrollments_waitlistentry w WHERE w.course_id = mine.course_id AND w.state = 'waiting';
    SELECT count(*) INTO offers FROM enrollments_waitlistchange c
    WHERE c.course_id = mine.course_id AND c.at >= since
        AND c.from_state = 'waiting' AND c.to_state IN ('offered', 'placed');
    SELECT min(c.at) INTO first_at FROM enrollments_waitlistchange c
    WHERE c.course_id = mine.course_id;
    PERFORM set_config('app.private_to', COALESCE(before, ''), true);
END $$;
"""
FORMER_QUEUE_PLACE = """
CREATE OR REPLACE FUNCTION enrollments_queue_place(
    of_entry uuid, since timestamptz,
    OUT ahead bigint, OUT total bigint, OUT offers bigint, OUT first_at timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('app.private_to', true);
BEGIN
    PERFORM set_config('app.private_to', '*', true);
    SELECT
        (SELECT count(*) FROM enrollments_waitlistentry w
         WHERE w.course_id = mine.course_id AND w.state = 'waiting'
            AND (w.priority, w.joined_at, w.id) < (mine.priority, mine.joined_at, mine.id)),
        (SELECT count(*) FROM enrollments_waitlistentry w
         WHERE w.course_id = mine.course_id AND w.state = 'waiting'),
        (SELECT count(*) FROM enrollments_waitlistchange c
         WHERE c.course_id = mine.course_id AND c.at >= since
            AND c.from_state = 'waiting' AND c.to_state IN ('offered', 'placed')),
        (SELECT min(c.at) FROM enrollments_waitlistchange c WHERE c.course_id = mine.course_id)
    INTO ahead, total, offers, first_at
    FROM enrollments_waitlistentry mine WHERE mine.id = of_entry;
    PERFORM set_config('app.private_to', COALESCE(before, ''), true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("enrollments", "0014_expiry_index")]

    operations = [
        migrations.RemoveIndex(model_name="waitlistentry", name="idx_waitlist_queue"),
        migrations.AddIndex(
            model_name="waitlistchange",
            index=models.Index(
                condition=models.Q(from_state="waiting", to_state__in=["offered", "placed"]),
                fields=["course", "at"],
                include=("organization", "student"),
                name="idx_waitlist_change_pace",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(state="waiting"),
                fields=["course", "priority", "joined_at", "id"],
                include=("organization", "student"),
                name="idx_waitlist_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="enrollment",
            index=models.Index(
                condition=models.Q(approved_at__isnull=True, status="pending"),
                fields=["course", "approval_requested_at", "id"],
                name="idx_enrollment_requests",
            ),
        ),
        migrations.RunSQL(QUEUE_PLACE, FORMER_QUEUE_PLACE),
    ]
