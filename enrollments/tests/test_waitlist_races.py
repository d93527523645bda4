"""The waitlist where many meet at once; and that each race is real where its lock is missing."""

import functools
import threading
import time

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone

from courses import services as courses
from courses.models import Course, CourseSeats
from courses.tests.factories import CourseFactory
from enrollments import invariants, services
from enrollments.models import Enrollment, WaitlistChange, WaitlistEntry
from enrollments.services import offers, places, queue
from enrollments.standing import standing_of
from enrollments.tests.racing import race
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

State = WaitlistEntry.State


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


def course_with(school, *, seats, on_it, waiting):
    """A course whose seats are taken, with people on it and others in the queue."""
    with organization_context(school):
        course = CourseFactory(published=True, max_capacity=seats)
        students = UserFactory.create_batch(on_it + waiting)
    for student in students[:on_it]:
        with organization_context(school):
            services.enroll(course.pk, student, by=student, now=timezone.now())
    for student in students[on_it:]:
        with organization_context(school):
            services.join_waitlist(course.pk, student, by=student, now=timezone.now())
    return course


def want(course, student):
    standing = standing_of(student, course.pk)
    return services.enroll_or_wait(standing, by=student, now=timezone.now())


def withdraw(enrollment):
    services.withdraw(enrollment.pk, by=None, now=timezone.now())


def offered_entry(school, course):
    """Free a seat, so that the first of the queue has an offer."""
    with organization_context(school):
        withdraw(Enrollment.objects.filter(course=course, status="active").first())
        return WaitlistEntry.objects.offered().get()


def check(school, course):
    """What must hold whatever happened; returns how many seats are taken."""
    with organization_context(school):
        assert list(invariants.check()) == []
        seats = CourseSeats.objects.get(course=course)
        assert seats.capacity is None or seats.taken <= seats.capacity
        return seats.taken


def test_all_get_a_seat_or_a_place_in_the_queue_in_the_order_of_their_commits(school):
    with organization_context(school):
        course = CourseFactory(published=True, max_capacity=5)
        students = UserFactory.create_batch(25)

    results = race(school, [functools.partial(want, course, student) for student in students])

    assert sum(isinstance(result, Enrollment) for result in results) == 5
    places = sorted(result.place for result in results if isinstance(result, services.Waiting))
    assert places == list(range(1, 21))
    with organization_context(school):
        stored = WaitlistEntry.objects.waiting().values_list("joined_position", flat=True)
        assert list(stored) == places
    assert check(school, course) == 5


def test_without_the_lock_two_stand_at_the_same_place(school):
    course = course_with(school, seats=1, on_it=1, waiting=0)
    with organization_context(school):
        students = UserFactory.create_batch(2)
    everybody_counted = threading.Barrier(2)

    def count_then_join(student):
        place = WaitlistEntry.objects.waiting().filter(course=course).count() + 1
        everybody_counted.wait(timeout=30)
        WaitlistEntry.objects.create(
            course=course, student=student, joined_at=timezone.now(), joined_position=place
        )
        return place

    places = race(school, [functools.partial(count_then_join, student) for student in students])

    assert places == [1, 1]


def test_freed_seats_go_to_the_queue_and_not_to_who_enrolls_at_the_same_moment(school):
    course = course_with(school, seats=5, on_it=5, waiting=10)
    with organization_context(school):
        held = list(Enrollment.objects.all())
        newcomers = UserFactory.create_batch(10)

    results = race(
        school,
        [functools.partial(withdraw, enrollment) for enrollment in held]
        + [functools.partial(want, course, student) for student in newcomers],
    )

    assert not [result for result in results if isinstance(result, Exception | Enrollment)]
    assert check(school, course) == 5
    with organization_context(school):
        first = WaitlistEntry.objects.order_by("joined_at")[:5]
        assert {entry.state for entry in first} == {State.OFFERED}
        assert Notification.objects.filter(kind="waitlist.offered").count() == 5


def test_seat_that_is_offered_after_the_commit_is_taken_by_another(school):
    """The control: what happens where freeing a seat and offering it are two transactions."""
    course = course_with(school, seats=1, on_it=1, waiting=1)
    with organization_context(school):
        Enrollment.objects.update(status="withdrawn")  # behind the back of the services
        student = UserFactory()

    with organization_context(school):
        services.place(course.pk, student, by=None, now=timezone.now())
        offers.serve(course.pk, now=timezone.now())

    with organization_context(school):
        assert WaitlistEntry.objects.get().state == State.WAITING


def test_double_click_on_accept_gives_one_place(school):
    course = course_with(school, seats=1, on_it=1, waiting=2)
    entry = offered_entry(school, course)

    def accept():
        return services.accept_offer(entry.pk, by=None, now=timezone.now())

    results = race(school, [accept, accept])

    assert results[0] == results[1]
    assert check(school, course) == 1
    with organization_context(school):
        assert WaitlistChange.objects.filter(entry=entry, to_state=State.PLACED).count() == 1


def test_accepting_and_lapsing_at_once_end_in_one_of_both(school):
    course = course_with(school, seats=1, on_it=1, waiting=2)
    entry = offered_entry(school, course)
    ends_at = entry.offer_expires_at

    def accept():
        return services.accept_offer(entry.pk, by=None, now=timezone.now())

    def lapse():
        offers.serve(course.pk, now=ends_at)

    accepted, _nothing = race(school, [accept, lapse])

    assert check(school, course) == 1
    with organization_context(school):
        entry.refresh_from_db()
        is_in = Enrollment.objects.filter(student=entry.student_id, status="active").exists()
        others = WaitlistEntry.objects.exclude(pk=entry.pk).get()
    if isinstance(accepted, Enrollment):
        assert (entry.state, is_in, others.state) == (State.PLACED, True, State.WAITING)
    else:
        assert isinstance(accepted, services.OfferGone)
        assert (entry.state, is_in, others.state) == (State.LAPSED, False, State.OFFERED)


def test_staff_place_somebody_who_accepts_at_the_same_moment(school, monkeypatch):
    """Both would add the same person; whoever comes second finds them there instead of waiting for ever."""
    course = course_with(school, seats=2, on_it=2, waiting=1)
    entry = offered_entry(school, course)
    is_answering = threading.Event()
    lock_entry = queue.lock_entry

    def lock_slowly(entry_id):
        is_answering.set()
        time.sleep(0.5)
        return lock_entry(entry_id)

    def place():
        is_answering.wait(timeout=30)
        return services.place(course.pk, entry.student, by=None, now=timezone.now())

    monkeypatch.setattr(offers, "lock_entry", lock_slowly)
    accept = functools.partial(services.accept_offer, entry.pk, by=None, now=timezone.now())
    accepted, placed = race(school, [accept, place])

    assert accepted == placed
    assert check(school, course) == 2


def answers(entry):
    """The student takes the seat in one window and declines it in another."""
    now = timezone.now()
    return [
        functools.partial(services.accept_offer, entry.pk, by=None, now=now),
        functools.partial(services.decline_offer, entry.pk, by=None, now=now),
    ]


def test_two_answers_at_once_end_in_one(school):
    course = course_with(school, seats=1, on_it=1, waiting=1)
    entry = offered_entry(school, course)

    results = race(school, answers(entry))

    refused = [result for result in results if isinstance(result, services.OfferGone)]
    assert len(refused) == 1
    check(school, course)


def test_without_the_locks_neither_answer_sees_the_other(school, monkeypatch):
    course = course_with(school, seats=1, on_it=1, waiting=1)
    entry = offered_entry(school, course)
    both_looked = threading.Barrier(2)

    def look_only(entry_id):
        found = WaitlistEntry.objects.select_related("course", "student").get(pk=entry_id)
        both_looked.wait(timeout=30)
        return found

    for module in (offers, places):
        monkeypatch.setattr(module, "lock_seats", lambda course_id: None)
    monkeypatch.setattr(offers, "lock_entry", look_only)
    results = race(school, answers(entry))

    assert not [result for result in results if isinstance(result, services.OfferGone)]
    # The slower one is refused by the database, ends a deadlock, or goes through as well.
    failed = {type(result) for result in results if isinstance(result, Exception)}
    assert failed <= {IntegrityError, OperationalError}


def test_capacity_and_withdrawals_at_once_leave_no_seat_free(school):
    course = course_with(school, seats=4, on_it=4, waiting=12)
    with organization_context(school):
        held = list(Enrollment.objects.all()[:3])

    def set_capacity(seats):
        courses.update_course(course.pk, by=None, now=timezone.now(), max_capacity=seats)

    race(
        school,
        [functools.partial(withdraw, enrollment) for enrollment in held]
        + [functools.partial(set_capacity, seats) for seats in (6, 8)],
    )

    with organization_context(school):
        assert list(invariants.check()) == []
        seats = CourseSeats.objects.get()
        assert seats.taken >= seats.capacity  # 8 where that came first: nobody is evicted


def test_accept_while_capacity_falls_keeps_the_word(school):
    course = course_with(school, seats=3, on_it=3, waiting=1)
    entry = offered_entry(school, course)

    def lower():
        courses.update_course(course.pk, by=None, now=timezone.now(), max_capacity=1)

    def accept():
        return services.accept_offer(entry.pk, by=None, now=timezone.now())

    accepted, _nothing = race(school, [accept, lower])

    assert isinstance(accepted, Enrollment)
    with organization_context(school):
        assert CourseSeats.objects.get().taken == 3


def test_promise_is_kept_once_by_two_workers(school):
    course = course_with(school, seats=1, on_it=1, waiting=1)
    with organization_context(school):
        Course.objects.update(offer_hours=0)
    entry = offered_entry(school, course)

    def keep():
        return offers.accept_offer(entry.pk, by=None, now=timezone.now())

    race(school, [keep, keep, keep])

    assert check(school, course) == 1
    with organization_context(school):
        assert Notification.objects.filter(kind="waitlist.placed").count() == 1


def test_worker_that_dies_before_its_commit_loses_nothing(school):
    course = course_with(school, seats=1, on_it=1, waiting=1)
    with organization_context(school):
        Course.objects.update(offer_hours=0)
    entry = offered_entry(school, course)

    class Killed(BaseException):
        """As the end of a process, it asks no handler."""

    def place_and_die():
        with organization_context(school):
            offers.accept_offer(entry.pk, by=None, now=timezone.now())
            raise Killed

    with pytest.raises(Killed):
        place_and_die()

    with organization_context(school):
        assert offers.promised() == [entry.pk]
        offers.accept_offer(entry.pk, by=None, now=timezone.now())
    assert check(school, course) == 1
    with organization_context(school):
        assert Notification.objects.filter(kind="waitlist.placed").count() == 1


def test_seats_are_locked_before_the_queue(school):
    """Who answers waits for who holds the seats, and does not hold the place in the queue meanwhile."""
    course = course_with(school, seats=1, on_it=1, waiting=1)
    entry = offered_entry(school, course)
    has_seats, may_go = threading.Event(), threading.Event()

    def hold():
        queue.lock_seats(course.pk)
        has_seats.set()
        may_go.wait(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        queue.lock_entry(entry.pk)

    def answer():
        has_seats.wait(timeout=30)
        threading.Timer(0.5, may_go.set).start()
        time.sleep(0.1)
        services.decline_offer(entry.pk, by=None, now=timezone.now())

    assert race(school, [hold, answer]) == [None, None]
