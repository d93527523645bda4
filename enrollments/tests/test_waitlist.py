"""The waitlist: who stands where, who is offered a seat, and what becomes of an offer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import services as courses
from courses.models import Course, CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import invariants, services
from enrollments.models import Enrollment, WaitlistChange, WaitlistEntry
from enrollments.services import offers
from enrollments.standing import standing_of
from enrollments.states import WAITLIST_TRANSITIONS, may_step
from enrollments.tests.factories import EnrollmentFactory
from enrollments.waitlist_place import Place, place_of, weeks_left
from notifications.models import Notification
from tenancy.context import organization_context
from users.tests.factories import UserFactory

NOW = timezone.now()
HOUR = timedelta(hours=1)
State = WaitlistEntry.State


@pytest.fixture
def course(organization):
    return CourseFactory(published=True, max_capacity=1, offer_hours=24)


@pytest.fixture
def holder(course):
    """Who has the only seat."""
    return EnrollmentFactory(course=course)


@pytest.fixture
def queue(course, holder):
    """Three people in the order in which they joined."""
    return [join(course, UserFactory()) for _ in range(3)]


def join(course, student, **options):
    waiting = services.join_waitlist(course.pk, student, by=student, now=NOW, **options)
    return WaitlistEntry.objects.get(pk=waiting.entry_id)


def states(course):
    entries = WaitlistEntry.objects.filter(course=course).order_by("created_at", "id")
    return list(entries.values_list("state", flat=True))


def taken(course):
    return CourseSeats.objects.get(course=course).taken


def steps(entry):
    changes = WaitlistChange.objects.filter(entry=entry).order_by("created_at", "id")
    return list(changes.values_list("from_state", "to_state", "by"))


def told(student):
    rows = Notification.objects.filter(user=student).order_by("created_at", "id")
    return list(rows.values_list("kind", flat=True))


def free_seat(holder, now=NOW):
    services.withdraw(holder.pk, by=holder.student, now=now)


def test_those_who_join_stand_in_the_order_of_joining(queue, course):
    assert list(WaitlistEntry.objects.waiting()) == queue
    assert [entry.joined_position for entry in queue] == [1, 2, 3]
    assert steps(queue[0]) == [("", "waiting", queue[0].student_id)]
    assert taken(course) == 1


def test_joining_again_keeps_the_first_place(queue, course):
    again = services.join_waitlist(course.pk, queue[0].student, by=queue[0].student, now=NOW)

    assert again == (queue[0].pk, 1)
    assert list(WaitlistEntry.objects.waiting()) == queue
    assert WaitlistChange.objects.count() == 3


def test_nobody_waits_for_a_course_they_are_on(course, holder):
    with pytest.raises(services.EnrollmentRefused):
        join(course, holder.student)


def test_lower_priority_goes_first_and_time_decides_among_equals(queue, course):
    first = join(course, UserFactory(), priority=0)
    last = join(course, UserFactory(), priority=2)

    assert list(WaitlistEntry.objects.waiting()) == [first, *queue, last]
    assert first.joined_position == 1
    assert last.joined_position == 5


def test_full_course_puts_who_enrolls_on_its_waitlist(course, holder):
    student = UserFactory()

    outcome = services.enroll_or_wait(standing_of(student, course.pk), by=student, now=NOW)
    again = services.enroll_or_wait(standing_of(student, course.pk), by=student, now=NOW)

    assert outcome == again == (WaitlistEntry.objects.get().pk, 1)
    assert not Enrollment.objects.filter(student=student).exists()


def test_course_without_a_waitlist_refuses(course, holder):
    Course.objects.update(waitlist_enabled=False)
    student = UserFactory()

    with pytest.raises(services.EnrollmentRefused) as refused:
        services.enroll_or_wait(standing_of(student, course.pk), by=student, now=NOW)

    assert refused.value.decision.code == "full"
    assert not WaitlistEntry.objects.exists()


def test_free_seat_is_taken_rather_than_waited_for(course):
    student = UserFactory()

    outcome = services.enroll_or_wait(standing_of(student, course.pk), by=student, now=NOW)

    assert isinstance(outcome, Enrollment)


def test_freed_seat_is_offered_at_once_and_held(queue, course, holder):
    free_seat(holder)

    assert states(course) == ["offered", "waiting", "waiting"]
    assert taken(course) == 1
    entry = WaitlistEntry.objects.get(pk=queue[0].pk)
    assert (entry.offered_at, entry.offer_expires_at) == (NOW, NOW + 24 * HOUR)
    assert entry.notified_at == NOW
    assert steps(entry)[-1] == ("waiting", "offered", None)
    assert told(entry.student) == ["waitlist.offered"]


def test_student_who_leaves_serves_a_queue_that_they_cannot_see(
    queue, course, holder, organization
):
    with organization_context(
        organization, actor=holder.student, using_private_rows_of=holder.student
    ):
        free_seat(holder)

    assert states(course) == ["offered", "waiting", "waiting"]


def test_offer_is_made_once(queue, course, holder):
    free_seat(holder)
    services.offer_free_seats(course.pk, now=NOW)
    offers.serve(course.pk, now=NOW)

    assert states(course) == ["offered", "waiting", "waiting"]
    assert told(queue[0].student) == ["waitlist.offered"]


def test_held_seat_is_nobody_elses(queue, course, holder):
    free_seat(holder)
    newcomer = UserFactory()

    with pytest.raises(services.EnrollmentRefused) as refused:
        services.enroll(course.pk, newcomer, by=newcomer, now=NOW)
    with pytest.raises(services.CourseFull):
        services.place(course.pk, newcomer, by=course.owner, now=NOW)

    assert refused.value.decision.code == "full"


def test_accepting_turns_the_held_seat_into_a_place(queue, course, holder):
    free_seat(holder)
    entry = queue[0]

    enrollment = services.accept_offer(entry.pk, by=entry.student, now=NOW + HOUR)
    again = services.accept_offer(entry.pk, by=entry.student, now=NOW + HOUR)

    assert again == enrollment
    assert (enrollment.status, enrollment.student) == ("active", entry.student)
    assert states(course) == ["placed", "waiting", "waiting"]
    assert taken(course) == 1
    assert steps(entry)[-1] == ("offered", "placed", entry.student_id)


def test_who_was_on_the_course_before_comes_back_by_an_offer(queue, course, holder):
    free_seat(holder)
    services.accept_offer(queue[0].pk, by=queue[0].student, now=NOW)
    entry = join(course, holder.student)
    services.leave_waitlist(queue[1].pk, by=None, now=NOW)
    services.leave_waitlist(queue[2].pk, by=None, now=NOW)
    free_seat(Enrollment.objects.get(student=queue[0].student))

    services.accept_offer(entry.pk, by=holder.student, now=NOW)

    holder.refresh_from_db()
    assert holder.status == "active"
    assert taken(course) == 1


def test_declined_seat_goes_to_whoever_is_next(queue, course, holder):
    free_seat(holder)

    services.decline_offer(queue[0].pk, by=queue[0].student, now=NOW + HOUR)
    services.decline_offer(queue[0].pk, by=queue[0].student, now=NOW + HOUR)

    assert states(course) == ["declined", "offered", "waiting"]
    assert taken(course) == 1
    with pytest.raises(services.OfferGone):
        services.accept_offer(queue[0].pk, by=queue[0].student, now=NOW + HOUR)


def test_offer_that_nobody_answers_passes_on(queue, course, holder):
    free_seat(holder)
    later = NOW + 24 * HOUR

    assert offers.courses_to_serve(now=later - timedelta(seconds=1)) == set()
    assert offers.courses_to_serve(now=later) == {course.pk}
    offers.serve(course.pk, now=later)
    offers.serve(course.pk, now=later)

    assert states(course) == ["lapsed", "offered", "waiting"]
    assert told(queue[0].student) == ["waitlist.offered", "waitlist.lapsed"]


def test_offer_is_over_at_its_time_even_before_the_job_has_seen_it(queue, course, holder):
    free_seat(holder)

    with pytest.raises(services.OfferGone):
        services.accept_offer(queue[0].pk, by=queue[0].student, now=NOW + 24 * HOUR)


def test_offer_that_has_passed_on_is_not_declined(queue, course, holder):
    free_seat(holder)
    offers.serve(course.pk, now=NOW + 24 * HOUR)

    with pytest.raises(services.OfferGone):
        services.decline_offer(queue[0].pk, by=queue[0].student, now=NOW + 24 * HOUR)

    assert states(course) == ["lapsed", "offered", "waiting"]


def test_accepting_again_finds_the_place_among_those_on_other_courses(queue, course, holder):
    student = queue[0].student
    EnrollmentFactory(student=student)
    free_seat(holder)

    accepted = services.accept_offer(queue[0].pk, by=student, now=NOW)

    assert accepted.course == course
    assert services.accept_offer(queue[0].pk, by=student, now=NOW) == accepted


@pytest.mark.parametrize("capacity", [2, None])
def test_job_finds_a_free_seat_that_somebody_waits_for(queue, course, capacity):
    elsewhere = CourseFactory(published=True, max_capacity=1)
    EnrollmentFactory(course=elsewhere)
    join(elsewhere, UserFactory())
    assert offers.courses_to_serve(now=NOW) == set()

    Course.objects.filter(pk=course.pk).update(max_capacity=capacity)

    assert offers.courses_to_serve(now=NOW) == {course.pk}
    offers.serve(course.pk, now=NOW)
    assert states(course).count("offered") == (3 if capacity is None else 1)
    assert states(elsewhere) == ["waiting"]


def test_job_passes_over_a_queue_of_closed_accounts(queue, course):
    for entry in queue:
        entry.student.is_active = False
        entry.student.save()
    Course.objects.update(max_capacity=2)

    assert offers.courses_to_serve(now=NOW) == set()


def test_offer_ends_no_later_than_enrollment(queue, course, holder):
    Course.objects.update(enrollment_closes_at=NOW + HOUR)

    free_seat(holder)

    assert WaitlistEntry.objects.get(pk=queue[0].pk).offer_expires_at == NOW + HOUR


@pytest.mark.parametrize(
    "fields",
    [
        {"enrollment_closes_at": NOW},
        {"access_ends_at": NOW},
        {"status": Course.Status.DRAFT},
        {"status": Course.Status.ARCHIVED},
        {"deleted_at": NOW},
    ],
)
def test_waitlist_of_a_course_that_takes_nobody_stands_still(queue, course, holder, fields):
    Course.objects.update(**fields)

    free_seat(holder)

    assert states(course) == ["waiting", "waiting", "waiting"]
    assert offers.courses_to_serve(now=NOW) == set()


def test_reopened_course_serves_its_waitlist(queue, course, holder):
    Course.objects.update(enrollment_closes_at=NOW)
    free_seat(holder)

    courses.update_course(course.pk, by=None, now=NOW, enrollment_closes_at=NOW + HOUR)

    assert states(course) == ["offered", "waiting", "waiting"]


def test_raised_capacity_is_offered_at_once(queue, course):
    courses.update_course(course.pk, by=None, now=NOW, max_capacity=3)

    assert states(course) == ["offered", "offered", "waiting"]
    assert taken(course) == 3


def test_capacity_that_was_raised_behind_our_back_waits_for_the_job_and_nobody_overtakes(
    queue, course
):
    Course.objects.update(max_capacity=2)
    newcomer = UserFactory()

    outcome = services.enroll_or_wait(standing_of(newcomer, course.pk), by=newcomer, now=NOW)

    assert outcome.place == 4
    assert offers.courses_to_serve(now=NOW) == set()  # who joined had it served
    assert states(course) == ["offered", "waiting", "waiting", "waiting"]


def test_who_left_the_course_comes_back_behind_the_queue(queue, course, holder):
    Course.objects.update(enrollment_closes_at=NOW - HOUR)
    free_seat(holder)
    Course.objects.update(enrollment_closes_at=None)

    standing = standing_of(holder.student, course.pk)
    outcome = services.enroll_or_wait(standing, by=holder.student, now=NOW)

    assert outcome.place == 4
    assert states(course) == ["offered", "waiting", "waiting", "waiting"]


def test_claim_itself_lets_nobody_overtake(queue, course):
    newcomer = UserFactory()
    Course.objects.update(max_capacity=2)
    WaitlistEntry.objects.update(state=State.LEFT)
    standing = standing_of(newcomer, course.pk)
    WaitlistEntry.objects.update(state=State.WAITING)  # after the look, before the claim

    with pytest.raises(services.CourseFull):
        services.enroll_standing(standing, by=newcomer, now=NOW)


def test_lowered_capacity_takes_nothing_from_anybody(course, organization):
    Course.objects.update(max_capacity=3)
    places = [EnrollmentFactory(course=course) for _ in range(3)]
    entry = join(course, UserFactory())
    free_seat(places[0])

    courses.update_course(course.pk, by=None, now=NOW, max_capacity=1)
    services.accept_offer(entry.pk, by=entry.student, now=NOW)

    assert taken(course) == Enrollment.objects.holding_seats().count() == 3
    join(course, UserFactory())
    free_seat(places[1])
    assert taken(course) == 2
    assert states(course) == ["placed", "waiting"]


def test_seat_without_a_question_is_a_promise_that_the_job_keeps(queue, course, holder):
    Course.objects.update(offer_hours=0)

    free_seat(holder)

    entry = WaitlistEntry.objects.get(pk=queue[0].pk)
    assert entry.is_promise
    assert taken(course) == 1
    assert offers.promised() == [entry.pk]
    services.accept_offer(entry.pk, by=None, now=NOW)
    services.accept_offer(entry.pk, by=None, now=NOW)
    assert Enrollment.objects.get(student=entry.student).status == "active"
    assert told(entry.student) == ["waitlist.placed"]
    assert offers.promised() == []


def test_closed_account_is_passed_over_and_keeps_its_place(queue, course, holder):
    queue[0].student.is_active = False
    queue[0].student.save()

    free_seat(holder)

    assert states(course) == ["waiting", "offered", "waiting"]


def test_who_is_placed_by_staff_waits_no_longer(queue, course, holder):
    courses.update_course(course.pk, by=None, now=NOW, waitlist_enabled=True)
    Course.objects.update(max_capacity=2)

    services.place(course.pk, queue[1].student, by=course.owner, now=NOW)

    assert states(course) == ["waiting", "placed", "waiting"]
    assert steps(queue[1])[-1] == ("waiting", "placed", course.owner_id)


def test_request_that_is_granted_ends_the_wait(course, holder):
    enrollment = EnrollmentFactory(
        course=course, status="pending", enrolled_at=None, approval_requested_at=NOW
    )
    entry = join(course, enrollment.student)
    Course.objects.update(max_capacity=2)

    services.bring_back(enrollment.pk, by=course.owner, now=NOW)

    assert states(course) == ["placed"]
    assert steps(entry)[-1] == ("waiting", "placed", course.owner_id)


def test_who_is_placed_by_staff_while_a_seat_is_offered_holds_one(queue, course, holder):
    free_seat(holder)

    services.place(course.pk, queue[0].student, by=course.owner, now=NOW)

    assert states(course) == ["placed", "waiting", "waiting"]
    assert taken(course) == 1


def test_leaving_frees_the_place_in_the_queue(queue, course, holder):
    services.leave_waitlist(queue[0].pk, by=queue[0].student, now=NOW)
    services.leave_waitlist(queue[0].pk, by=queue[0].student, now=NOW)
    free_seat(holder)

    assert states(course) == ["left", "offered", "waiting"]
    again = join(course, queue[0].student)
    assert list(WaitlistEntry.objects.waiting()) == [queue[2], again]


def test_who_takes_a_request_back_waits_no_longer(course, holder):
    enrollment = EnrollmentFactory(
        course=course, status="pending", enrolled_at=None, approval_requested_at=NOW
    )
    join(course, enrollment.student)

    services.withdraw(enrollment.pk, by=enrollment.student, now=NOW)

    assert states(course) == ["left"]


def test_staff_move_somebody_and_say_why(queue, course):
    by = course.owner

    services.move_to_front(queue[2].pk, by=by, now=NOW, reason="Exam next week")
    assert list(WaitlistEntry.objects.waiting()) == [queue[2], queue[0], queue[1]]

    services.move_to_end(queue[0].pk, by=by, now=NOW, reason="Asked for it")
    assert list(WaitlistEntry.objects.waiting()) == [queue[2], queue[1], queue[0]]

    services.set_priority(queue[0].pk, -10, by=by, now=NOW, reason="Mistake")
    assert list(WaitlistEntry.objects.waiting()) == [queue[0], queue[2], queue[1]]

    moves = WaitlistChange.objects.filter(entry=queue[0], from_state="waiting", to_state="waiting")
    assert list(
        moves.order_by("created_at").values_list("from_priority", "to_priority", "by", "reason")
    ) == [(1, 2, by.pk, "Asked for it"), (2, -10, by.pk, "Mistake")]


def test_whoever_is_moved_to_the_front_last_is_next(queue, course):
    for entry in (queue[1], queue[2], queue[0], queue[1]):
        services.move_to_front(entry.pk, by=course.owner, now=NOW, reason="")
        assert WaitlistEntry.objects.waiting().first() == entry


def test_whoever_is_moved_to_the_end_last_is_last(queue, course):
    WaitlistEntry.objects.update(priority=-1)
    for entry in (queue[1], queue[0], queue[2], queue[1]):
        services.move_to_end(entry.pk, by=course.owner, now=NOW, reason="")
        assert WaitlistEntry.objects.waiting().last() == entry


def test_moving_who_stands_there_already_changes_nothing(queue, course):
    services.move_to_front(queue[0].pk, by=None, now=NOW, reason="")
    services.move_to_end(queue[2].pk, by=None, now=NOW, reason="")
    services.set_priority(queue[1].pk, 1, by=None, now=NOW, reason="")

    assert WaitlistChange.objects.count() == 3


def test_priority_stays_within_its_column(queue, course):
    services.set_priority(queue[0].pk, 10**9, by=None, now=NOW, reason="")
    services.move_to_end(queue[1].pk, by=None, now=NOW, reason="")

    assert WaitlistEntry.objects.get(pk=queue[0].pk).priority == 32_767


def test_skipped_student_is_told_why_and_can_be_put_back(queue, course, holder):
    free_seat(holder)

    services.skip(queue[0].pk, by=course.owner, now=NOW, reason="No proof of payment")
    services.skip(queue[0].pk, by=course.owner, now=NOW, reason="Twice")
    assert states(course) == ["skipped", "offered", "waiting"]
    notice = Notification.objects.get(kind="waitlist.skipped")
    assert (notice.user, notice.facts["reason"]) == (queue[0].student, "No proof of payment")

    services.put_back(queue[0].pk, by=course.owner, now=NOW)
    assert list(WaitlistEntry.objects.waiting()) == [queue[0], queue[2]]


def test_staff_offer_a_free_seat_out_of_turn_where_the_waitlist_stands_still(queue, course, holder):
    Course.objects.update(enrollment_closes_at=NOW - HOUR, offer_hours=0)
    free_seat(holder)

    services.offer_now(queue[1].pk, by=course.owner, now=NOW, reason="Agreed by phone")

    assert states(course) == ["waiting", "offered", "waiting"]
    with pytest.raises(services.CourseFull):
        services.offer_now(queue[0].pk, by=course.owner, now=NOW, reason="")


@pytest.mark.parametrize("verb", ["move_to_front", "move_to_end", "put_back", "offer_now"])
def test_who_does_not_wait_is_not_moved(queue, course, verb):
    services.leave_waitlist(queue[0].pk, by=None, now=NOW)

    with pytest.raises(services.UnlawfulStep):
        getattr(services, verb)(queue[0].pk, by=None, now=NOW, reason="")


def test_database_holds_the_same_table(course, organization):
    for before in State.values:
        for after in set(State.values) - {before}:
            student = EnrollmentFactory(course=CourseFactory(published=True)).student
            entry = WaitlistEntry.objects.create(
                course=student.enrollments.get().course,
                student=student,
                state=before,
                joined_at=NOW,
                offered_at=NOW,
            )
            rows = WaitlistEntry.objects.filter(pk=entry.pk)
            if may_step(before, after):
                assert rows.update(state=after) == 1
            else:
                with (
                    pytest.raises(IntegrityError, match="waitlistentry_lawful_change"),
                    transaction.atomic(),
                ):
                    rows.update(state=after)
    assert set(WAITLIST_TRANSITIONS) == set(State)


def test_nobody_is_placed_without_a_seat(queue):
    with (
        pytest.raises(IntegrityError, match="waitlistentry_placed_has_seat"),
        transaction.atomic(),
    ):
        WaitlistEntry.objects.filter(pk=queue[0].pk).update(state=State.PLACED)


def test_no_offer_is_made_without_a_free_seat(queue):
    with pytest.raises(IntegrityError, match="never_oversold"), transaction.atomic():
        WaitlistEntry.objects.filter(pk=queue[0].pk).update(state=State.OFFERED, offered_at=NOW)


def test_history_is_never_edited(queue):
    with (
        pytest.raises(IntegrityError, match="waitlistchange_never_edited"),
        transaction.atomic(),
    ):
        WaitlistChange.objects.update(to_state=State.LEFT)
    assert WaitlistChange.objects.update(reason="", by=None) == 3  # as an erasure does


def test_waiting_is_between_the_student_and_the_staff(queue, course, organization):
    student = queue[1].student
    with organization_context(organization, actor=student, using_private_rows_of=student):
        assert list(WaitlistEntry.objects.all()) == [queue[1]]
        assert WaitlistChange.objects.get().entry == queue[1]


def test_invariants_hold_through_the_life_of_a_waitlist(queue, course, holder):
    free_seat(holder)
    services.decline_offer(queue[0].pk, by=queue[0].student, now=NOW)
    services.accept_offer(queue[1].pk, by=queue[1].student, now=NOW)

    assert list(invariants.check()) == []


def test_invariants_name_a_free_seat_that_somebody_waits_for(queue, course):
    Course.objects.update(max_capacity=2)

    (difference,) = invariants.check()

    assert difference["field"] == "free seats while somebody waits"
    assert (difference["stored"], difference["counted"]) == (1, 3)


def test_invariants_name_who_was_overtaken(queue, course, holder):
    Course.objects.update(enrollment_closes_at=NOW - HOUR)
    free_seat(holder)
    Course.objects.update(enrollment_closes_at=None)
    services.offer_now(queue[1].pk, by=None, now=timezone.now(), reason="")

    assert [difference["entry"] for difference in invariants.check()] == [str(queue[0].pk)]


def test_invariants_count_offers_among_the_taken_seats(queue, course, holder):
    free_seat(holder)
    CourseSeats.objects.filter(course=course).update(taken=0)

    differences = {row["field"]: (row["stored"], row["counted"]) for row in invariants.check()}

    assert differences["taken"] == (0, 1)


def test_invariants_name_a_state_that_the_history_does_not_tell(queue):
    WaitlistEntry.objects.filter(pk=queue[0].pk).update(state=State.LEFT)

    (difference,) = invariants.check()

    assert (difference["stored"], difference["counted"]) == ("left", "waiting")


def test_place_tells_how_it_moved_and_how_long_it_takes(queue, course, holder):
    services.leave_waitlist(queue[0].pk, by=None, now=NOW)

    place = place_of(queue[2].pk, now=NOW)

    assert (place.place, place.total, place.moved) == (2, 2, 1)
    assert place.move == "Up 1 place since joining."
    assert place.estimate == ""  # a young waitlist does not know


@pytest.mark.parametrize(
    ("place", "offered", "weeks", "expected"),
    [
        (10, 5, 2, 4),
        (1, 8, 8, 1),
        (3, 8, 4, 2),
        (10, 4, 8, None),  # too few offers
        (10, 50, 1, None),  # too short a time
        (400, 5, 8, 640),
    ],
)
def test_estimate_follows_the_pace_of_past_offers(place, offered, weeks, expected):
    assert weeks_left(place, offered, timedelta(weeks=weeks)) == expected


def test_estimate_in_words():
    assert "about 4 weeks" in Place(10, 20, 0, 5, 4).estimate
    assert "more than a year" in Place(400, 500, 0, 5, 640).estimate
    assert Place(2, 2, -1, 0, None).move == "Back 1 place: staff let others go first."
