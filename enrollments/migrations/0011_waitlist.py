"""The waitlist: who waits for a seat, whose offer holds one, and that no seat is held twice or oversold."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import lib.ids
import tenancy.context
import tenancy.fields
from tenancy.operations import TenantTable

seats = import_module("enrollments.migrations.0003_seats_and_states")
claim = import_module("enrollments.migrations.0008_claim_in_one_statement")

# An offer that is taken up hands its seat over to the enrollment, so that a course whose capacity was lowered
# meanwhile keeps its word. Where nobody has an offer, which `taken = student_count` says, nothing is looked up.
COUNT_PLACES = """
CREATE FUNCTION enrollments_count_places(
    of_course uuid, seats bigint, completed bigint, newcomers uuid[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    handed_over bigint;
BEGIN
    UPDATE courses_courseseats
    SET taken = taken + seats, student_count = student_count + seats,
        completed_count = completed_count + completed
    WHERE course_id = of_course AND (taken = student_count OR newcomers IS NULL);
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM courses_courseseats WHERE course_id = of_course FOR NO KEY UPDATE;
    UPDATE enrollments_waitlistentry SET state = 'placed', offer_expires_at = NULL
    WHERE course_id = of_course AND student_id = ANY (newcomers) AND state = 'offered';
    GET DIAGNOSTICS handed_over = ROW_COUNT;
    UPDATE courses_courseseats
    SET taken = taken + seats - handed_over, student_count = student_count + seats,
        completed_count = completed_count + completed
    WHERE course_id = of_course;
END $$;

CREATE OR REPLACE FUNCTION enrollments_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT course_id, count(*) AS seats, count(*) FILTER (WHERE status = 'completed') AS completed,
            array_agg(student_id) AS newcomers
        FROM new_rows WHERE enrollments_holds_seat(status) GROUP BY course_id ORDER BY course_id
    LOOP
        PERFORM enrollments_count_places(
            change.course_id, change.seats, change.completed, change.newcomers
        );
    END LOOP;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION enrollments_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change record;
BEGIN
    FOR change IN
        SELECT course_id, sum(seats) AS seats, sum(completed) AS completed,
            array_agg(student_id) FILTER (WHERE seats > 0) AS newcomers
        FROM (
            SELECT n.course_id, n.student_id,
                enrollments_holds_seat(n.status)::int - enrollments_holds_seat(o.status)::int AS seats,
                (n.status = 'completed')::int - (o.status = 'completed')::int AS completed
            FROM new_rows n JOIN old_rows o USING (id)
        ) person
        WHERE seats <> 0 OR completed <> 0
        GROUP BY course_id ORDER BY course_id
    LOOP
        PERFORM enrollments_count_places(
            change.course_id, change.seats, change.completed, change.newcomers
        );
    END LOOP;
    RETURN NULL;
END $$;
"""
_, start, rest = seats.COUNT_SEATS.partition("CREATE FUNCTION enrollments_count_updated()")
COUNT_UPDATED_BEFORE = (start + rest.partition("CREATE TRIGGER")[0]).replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
COUNT_PLACES_BEFORE = (
    claim.COUNT_INSERTED
    + COUNT_UPDATED_BEFORE
    + "DROP FUNCTION enrollments_count_places(uuid, bigint, bigint, uuid[])"
)

# "placed" frees nothing: the enrollment holds the seat now, and its own trigger has seen to the count.
COUNT_OFFERS = """
CREATE FUNCTION enrollments_count_offers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    offers integer := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'offered' THEN
        offers := offers - 1;
    END IF;
    IF TG_OP <> 'DELETE' AND (NEW.state = 'offered' OR offers < 0 AND NEW.state = 'placed') THEN
        offers := offers + 1;
    END IF;
    IF offers <> 0 THEN
        UPDATE courses_courseseats SET taken = taken + offers
        WHERE course_id = CASE TG_OP WHEN 'DELETE' THEN OLD.course_id ELSE NEW.course_id END;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_offers AFTER INSERT OR DELETE OR UPDATE OF state ON enrollments_waitlistentry
    FOR EACH ROW EXECUTE FUNCTION enrollments_count_offers();
"""

# `enrollments/states.py` holds the same table and a test compares the two. A row never goes to another course
# or student, and is "placed" only while its student holds a seat.
LAWFUL = """
CREATE FUNCTION enrollments_lawful_wait() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.course_id <> OLD.course_id OR NEW.student_id <> OLD.student_id OR NOT (
        OLD.state = NEW.state OR OLD.state || '>' || NEW.state = ANY (ARRAY[
            'waiting>offered', 'waiting>placed', 'waiting>left', 'waiting>skipped',
            'offered>placed', 'offered>declined', 'offered>lapsed', 'offered>skipped',
            'skipped>waiting', 'skipped>placed', 'skipped>left',
            'placed>waiting', 'declined>waiting', 'lapsed>waiting', 'left>waiting'
        ])
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'enrollments_waitlistentry_lawful_change',
            MESSAGE = format('enrollments_waitlistentry_lawful_change: %s cannot become %s', OLD.state, NEW.state);
    END IF;
    IF NEW.state = 'placed' AND OLD.state <> 'placed' AND NOT EXISTS (
        SELECT FROM enrollments_enrollment
        WHERE course_id = NEW.course_id AND student_id = NEW.student_id AND enrollments_holds_seat(status)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'enrollments_waitlistentry_placed_has_seat',
            MESSAGE = 'enrollments_waitlistentry_placed_has_seat: the student is not on the course';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_wait BEFORE UPDATE ON enrollments_waitlistentry
    FOR EACH ROW EXECUTE FUNCTION enrollments_lawful_wait();
"""

# What happened is never rewritten; an erasure empties the reason and the name of who did it.
NEVER_EDITED = """
CREATE FUNCTION enrollments_waitlist_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'enrollments_waitlistchange_never_edited',
        MESSAGE = 'enrollments_waitlistchange_never_edited: the history of a waitlist is only added to';
END $$;
CREATE TRIGGER never_edited BEFORE UPDATE OF
    entry_id, course_id, student_id, from_state, to_state, from_priority, to_priority, at
    ON enrollments_waitlistchange FOR EACH ROW
    WHEN ((OLD.entry_id, OLD.course_id, OLD.student_id, OLD.from_state, OLD.to_state, OLD.to_priority, OLD.at)
        IS DISTINCT FROM
        (NEW.entry_id, NEW.course_id, NEW.student_id, NEW.from_state, NEW.to_state, NEW.to_priority, NEW.at)
        OR OLD.from_priority IS DISTINCT FROM NEW.from_priority)
    EXECUTE FUNCTION enrollments_waitlist_history();
"""

SAME_STUDENT = """
ALTER TABLE enrollments_waitlistchange ADD CONSTRAINT same_student
    FOREIGN KEY (organization_id, entry_id, student_id)
    REFERENCES enrollments_waitlistentry (organization_id, id, student_id) DEFERRABLE INITIALLY IMMEDIATE;
"""

# Asked by students, who see nobody else's rows: others' are open within these functions alone, and the answers are
# numbers.
ASK_QUEUE = """
CREATE FUNCTION enrollments_somebody_waits(of_course uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    before text := current_setting('app.private_to', true);
    answer boolean;
BEGIN
    PERFORM set_config('app.private_to', '*', true);
    answer := EXISTS (
        SELECT FROM enrollments_waitlistentry WHERE course_id = of_course AND state = 'waiting'
    );
    PERFORM set_config('app.private_to', COALESCE(before, ''), true);
    RETURN answer;
END $$;

CREATE FUNCTION enrollments_queue_place(
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

# One statement that locks the course's seats, reads the clock only then, and writes the entry with its first
# change: whoever commits first stands first, and the queue is locked for as short as can be.
JOIN_QUEUE = """
CREATE FUNCTION enrollments_join_queue(
    organization uuid, new_entry uuid, of_course uuid, who uuid, new_change uuid, by_whom uuid, why text,
    at_priority smallint, OUT entry uuid, OUT place bigint, OUT outcome text, OUT free_seats bigint
) LANGUAGE plpgsql AS $$
DECLARE
    private_to text := current_setting('app.private_to', true);
    at_time timestamptz;
    before text;
BEGIN
    PERFORM set_config('app.private_to', '*', true);
    SELECT capacity - taken INTO free_seats FROM courses_courseseats
    WHERE course_id = of_course FOR NO KEY UPDATE;
    at_time := clock_timestamp();
    SELECT id, state, joined_position INTO entry, before, place FROM enrollments_waitlistentry
    WHERE course_id = of_course AND student_id = who;
    IF EXISTS (
        SELECT FROM enrollments_enrollment
        WHERE course_id = of_course AND student_id = who AND enrollments_holds_seat(status)
    ) THEN
        outcome := 'on_course';
    ELSIF before IN ('waiting', 'offered') THEN
        outcome := 'there';
    ELSE
        SELECT count(*) + 1 INTO place FROM enrollments_waitlistentry
        WHERE course_id = of_course AND state = 'waiting' AND priority <= at_priority;
        INSERT INTO enrollments_waitlistentry AS w (
            organization_id, id, course_id, student_id, state, priority, joined_at, joined_position,
            created_at, updated_at
        )
        VALUES (
            organization, new_entry, of_course, who, 'waiting', at_priority, at_time, place, at_time, at_time
        )
        ON CONFLICT (course_id, student_id) DO UPDATE
        SET state = 'waiting', priority = at_priority, joined_at = at_time,
            joined_position = EXCLUDED.joined_position, offered_at = NULL, offer_expires_at = NULL,
            notified_at = NULL
        RETURNING w.id INTO entry;
        INSERT INTO enrollments_waitlistchange (
            organization_id, id, entry_id, course_id, student_id, from_state, to_state, to_priority, by_id,
            at, reason, created_at, updated_at
        )
        VALUES (
            organization, new_change, entry, of_course, who, COALESCE(before, ''), 'waiting', at_priority,
            by_whom, at_time, why, at_time, at_time
        );
        outcome := 'joined';
    END IF;
    PERFORM set_config('app.private_to', COALESCE(private_to, ''), true);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0009_ways_in"),
        ("enrollments", "0010_path_enrollment"),
        ("tenancy", "0011_audit_staff"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WaitlistEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Seat offered"),
                            ("placed", "On the course"),
                            ("declined", "Declined"),
                            ("lapsed", "Not answered in time"),
                            ("left", "Left the waitlist"),
                            ("skipped", "Skipped by staff"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        db_default=1,
                        default=1,
                        help_text="Lower numbers come first.",
                        verbose_name="priority",
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="joined the waitlist")),
                (
                    "joined_position",
                    models.PositiveIntegerField(
                        default=0, verbose_name="place in the queue when joining"
                    ),
                ),
                (
                    "offered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="seat offered"),
                ),
                (
                    "offer_expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="offer ends"),
                ),
                (
                    "notified_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="told of the opening"),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waitlist",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.context.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "student",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
            ],
            options={
                "verbose_name": "place on a waitlist",
                "verbose_name_plural": "places on waitlists",
                "ordering": ["priority", "joined_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="WaitlistChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=lib.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Seat offered"),
                            ("placed", "On the course"),
                            ("declined", "Declined"),
                            ("lapsed", "Not answered in time"),
                            ("left", "Left the waitlist"),
                            ("skipped", "Skipped by staff"),
                        ],
                        max_length=20,
                        verbose_name="from",
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Seat offered"),
                            ("placed", "On the course"),
                            ("declined", "Declined"),
                            ("lapsed", "Not answered in time"),
                            ("left", "Left the waitlist"),
                            ("skipped", "Skipped by staff"),
                        ],
                        max_length=20,
                        verbose_name="to",
                    ),
                ),
                (
                    "from_priority",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="priority before"),
                ),
                ("to_priority", models.SmallIntegerField(verbose_name="priority")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "by",
                    tenancy.fields.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "course",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.course",
                        verbose_name="course",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.context.current_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "student",
                    tenancy.fields.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="student",
                    ),
                ),
                (
                    "entry",
                    tenancy.fields.TenantForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="enrollments.waitlistentry",
                        verbose_name="place on a waitlist",
                    ),
                ),
            ],
            options={
                "verbose_name": "change on a waitlist",
                "verbose_name_plural": "changes on waitlists",
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["course", "priority", "joined_at", "id"],
                name="idx_waitlist_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("state", "offered")),
                fields=["organization", "offer_expires_at"],
                name="idx_waitlist_offers",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                condition=models.Q(("state", "offered")),
                fields=["course", "offered_at", "id"],
                name="idx_waitlist_course_offers",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistentry",
            index=models.Index(
                fields=["organization", "-created_at", "-id"], name="idx_waitlist_created"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                fields=("course", "student"),
                name="enrollments_waitlistentry_once",
                violation_error_message="This person is on the waitlist already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.UniqueConstraint(
                fields=("organization", "id", "student"),
                name="enrollments_waitlistentry_student_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["waiting", "offered", "placed", "declined", "lapsed", "left", "skipped"],
                    )
                ),
                name="enrollments_waitlistentry_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("offered_at__isnull", False), ("state", "offered")),
                    models.Q(
                        models.Q(("state", "offered"), _negated=True),
                        ("offer_expires_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="enrollments_waitlistentry_offer_has_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="waitlistentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("offer_expires_at__isnull", True),
                    ("offer_expires_at__gte", models.F("offered_at")),
                    _connector="OR",
                ),
                name="enrollments_waitlistentry_offer_ends_after_start",
            ),
        ),
        migrations.AddIndex(
            model_name="waitlistchange",
            index=models.Index(fields=["entry", "at", "id"], name="idx_waitlist_change_entry"),
        ),
        migrations.AddIndex(
            model_name="waitlistchange",
            index=models.Index(fields=["course", "-at", "-id"], name="idx_waitlist_change_course"),
        ),
        TenantTable("WaitlistEntry", private_to="student_id"),
        TenantTable("WaitlistChange", private_to="student_id"),
        migrations.RunSQL(
            SAME_STUDENT, "ALTER TABLE enrollments_waitlistchange DROP CONSTRAINT same_student"
        ),
        migrations.RunSQL(COUNT_PLACES, COUNT_PLACES_BEFORE),
        migrations.RunSQL(
            COUNT_OFFERS,
            "DROP TRIGGER count_offers ON enrollments_waitlistentry; DROP FUNCTION enrollments_count_offers()",
        ),
        migrations.RunSQL(
            LAWFUL,
            "DROP TRIGGER lawful_wait ON enrollments_waitlistentry; DROP FUNCTION enrollments_lawful_wait()",
        ),
        migrations.RunSQL(
            NEVER_EDITED,
            "DROP TRIGGER never_edited ON enrollments_waitlistchange;"
            "DROP FUNCTION enrollments_waitlist_history()",
        ),
        migrations.RunSQL(
            JOIN_QUEUE,
            "DROP FUNCTION enrollments_join_queue(uuid, uuid, uuid, uuid, uuid, uuid, text, smallint)",
        ),
        migrations.RunSQL(
            ASK_QUEUE,
            "DROP FUNCTION enrollments_somebody_waits(uuid);"
            "DROP FUNCTION enrollments_queue_place(uuid, timestamptz)",
        ),
    ]
