"""Who may review a course, and what becomes of a review: written, changed, answered, hidden, undone."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from activity.tests.requests import request_by
from activity.undo import undo
from courses import invariants
from courses.cache import catalogue_version
from courses.errors import InTheTrash, ReviewRefused
from courses.models import Course, CourseRating, CourseReview
from courses.reviewing import decide_review
from courses.services.reviews import (
    answer_review,
    delete_review,
    hide_review,
    unhide_review,
    write_review,
)
from courses.tests.factories import CourseFactory, CourseReviewFactory, CourseStaffFactory
from enrollments.tests.factories import EnrollmentFactory
from enrollments.tests.racing import race
from notifications.models import Notification
from tenancy.context import organization_context
from tenancy.tests.factories import found_organization
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def learner(course, *, percent=30, status="active"):
    enrollment = EnrollmentFactory(course=course, percent=Decimal(percent), status=status)
    return enrollment.student


def write(course, author, rating=4, text="Good."):
    return write_review(course.pk, rating=rating, text=text, by=author, now=NOW)


def rating_of(course):
    return CourseRating.objects.values_list("review_count", "rating_sum").get(course=course)


@pytest.mark.parametrize(
    ("status", "percent", "code"),
    [
        ("active", 19, "too_early"),
        ("active", 20, ""),
        ("completed", 0, ""),
        ("paused", 50, ""),
        ("suspended", 90, "suspended"),
        ("withdrawn", 5, "too_early"),
        ("withdrawn", 40, ""),
        ("expired", 40, ""),
        ("pending", 0, "too_early"),
    ],
)
def test_who_learned_enough_may_review(organization, status, percent, code):
    course = CourseFactory(published=True)
    times = {"completed": {"completed_at": NOW}, "pending": {"approval_requested_at": NOW}}
    times = times.get(status, {})
    student = EnrollmentFactory(
        course=course, status=status, percent=Decimal(percent), **times
    ).student
    assert decide_review(student, course.pk).code == code


def test_staff_and_strangers_do_not_review(organization):
    course = CourseFactory(published=True)
    helper = CourseStaffFactory(course=course).user
    for person in (course.owner, helper, UserFactory(admin=True)):
        EnrollmentFactory(course=course, student=person, percent=Decimal(90))
        assert decide_review(person, course.pk).code == "looks_after"
    assert decide_review(UserFactory(), course.pk).code == "not_on_it"
    with pytest.raises(ReviewRefused):
        write(course, UserFactory())
    assert not CourseReview.objects.exists()


def test_review_is_written_once_and_changed(organization):
    course = CourseFactory(published=True)
    student = learner(course)
    first = write(course, student, 4)
    assert rating_of(course) == (1, 4)
    assert first.edited_at is None

    assert write(course, student, 4).edited_at is None  # a repeat changes nothing
    changed = write(course, student, 2, "Less so.")
    assert (changed.pk, changed.edited_at) == (first.pk, NOW)
    assert rating_of(course) == (1, 2)

    delete_review(course.pk, by=student, now=NOW)
    delete_review(course.pk, by=student, now=NOW)
    assert rating_of(course) == (0, 0)


def test_one_person_has_one_review_and_ratings_have_bounds(organization):
    review = CourseReviewFactory()
    with pytest.raises(IntegrityError, match="courses_coursereview_once"), transaction.atomic():
        CourseReviewFactory(course=review.course, author=review.author)
    with pytest.raises(IntegrityError, match="rating_1_to_5"), transaction.atomic():
        CourseReviewFactory(course=review.course, rating=6)


def test_course_in_the_trash_takes_no_reviews_and_gives_them_back(organization):
    course = CourseFactory(published=True)
    student = learner(course)
    write(course, student)
    Course.objects.filter(pk=course.pk).update(deleted_at=NOW)
    with pytest.raises(InTheTrash):
        write(course, student, 1)
    delete_review(course.pk, by=student, now=NOW)
    assert not CourseReview.objects.exists()


def test_hidden_review_does_not_count_and_cannot_be_written_anew(organization):
    course = CourseFactory(published=True)
    student = learner(course)
    review = write(course, student, 1, "Insults.")
    hide_review(review.pk, reason="It insults.", by=course.owner, now=NOW)
    hide_review(review.pk, reason="Another.", by=course.owner, now=NOW)
    review.refresh_from_db()
    assert (review.hidden_by, review.hidden_reason) == (course.owner, "It insults.")
    assert rating_of(course) == (0, 0)

    with pytest.raises(ReviewRefused):
        delete_review(course.pk, by=student, now=NOW)
    write(course, student, 2, "Calmer.")
    assert rating_of(course) == (0, 0)

    unhide_review(review.pk, by=course.owner, now=NOW)
    unhide_review(review.pk, by=course.owner, now=NOW)
    assert rating_of(course) == (1, 2)
    assert list(invariants.check()) == []


def test_hiding_needs_a_reason(organization):
    review = CourseReviewFactory()
    with pytest.raises(ReviewRefused):
        hide_review(review.pk, reason="  ", by=review.course.owner, now=NOW)
    assert CourseReview.objects.shown().get() == review


def test_answer_is_signed_changed_and_taken_away(organization):
    review = CourseReviewFactory()
    owner = review.course.owner
    answered = answer_review(review.pk, text="Thank you.", by=owner, now=NOW)
    assert (answered.replied_by, answered.replied_at) == (owner, NOW)

    later = NOW + timezone.timedelta(days=1)
    assert answer_review(review.pk, text="Thank you.", by=owner, now=later).replied_at == NOW
    gone = answer_review(review.pk, text="", by=owner, now=later)
    assert (gone.reply, gone.replied_by, gone.replied_at) == ("", None, None)


def test_everybody_concerned_is_told_once(organization):
    course = CourseFactory(published=True)
    helper = CourseStaffFactory(course=course).user
    student = learner(course)
    review = write(course, student)
    write(course, student, 3)
    answer_review(review.pk, text="Thanks.", by=helper, now=NOW)
    hide_review(review.pk, reason="Off topic.", by=helper, now=NOW)

    told = Notification.objects.values_list("user", "kind", "cadence").order_by("kind", "user")
    assert set(told) == {
        (course.owner_id, "course.reviewed", "daily"),
        (helper.pk, "course.reviewed", "daily"),
        (student.pk, "course.review_answered", "daily"),
        (student.pk, "course.review_hidden", "now"),
    }
    assert len(told) == 4
    hidden = Notification.objects.get(kind="course.review_hidden")
    assert hidden.facts["reason"] == "Off topic."


@pytest.mark.parametrize("change", ["write", "answer", "hide", "unhide", "delete"])
def test_every_change_makes_kept_pages_stale(
    organization, django_capture_on_commit_callbacks, change
):
    course = CourseFactory(published=True)
    student = learner(course)
    review = write(course, student)
    if change == "unhide":
        hide_review(review.pk, reason="x", by=course.owner, now=NOW)
    who = {"by": course.owner, "now": NOW}
    acts = {
        "write": lambda: write(course, student, 1),
        "answer": lambda: answer_review(review.pk, text="x", **who),
        "hide": lambda: hide_review(review.pk, reason="x", **who),
        "unhide": lambda: unhide_review(review.pk, **who),
        "delete": lambda: delete_review(course.pk, by=student, now=NOW),
    }
    before = catalogue_version()
    with django_capture_on_commit_callbacks(execute=True):
        acts[change]()
    assert catalogue_version() != before


# Undo


def test_author_brings_a_deleted_review_back(organization):
    course = CourseFactory(published=True)
    student = learner(course)
    write(course, student, 5)
    with request_by(student) as deleted:
        delete_review(course.pk, by=student, now=NOW)
    with request_by(course.owner):
        assert undo(deleted, by=course.owner, now=NOW).code == "not_author"
    with request_by(student):
        assert undo(deleted, by=student, now=NOW)
    assert rating_of(course) == (1, 5)


def test_who_was_suspended_since_brings_nothing_back(organization):
    course = CourseFactory(published=True)
    enrollment = EnrollmentFactory(course=course, percent=Decimal(30))
    student = enrollment.student
    write(course, student)
    with request_by(student) as deleted:
        delete_review(course.pk, by=student, now=NOW)
    enrollment.status = "suspended"
    enrollment.save()
    with request_by(student):
        assert not undo(deleted, by=student, now=NOW)
    assert not CourseReview.objects.exists()


def test_hiding_is_undone_by_the_staff_and_not_by_the_author(organization):
    course = CourseFactory(published=True)
    helper = CourseStaffFactory(course=course).user
    student = learner(course)
    review = write(course, student, 3)
    with request_by(helper) as hidden:
        hide_review(review.pk, reason="x", by=helper, now=NOW)
    with request_by(student):
        assert undo(hidden, by=student, now=NOW).code == "not_yours"
    with request_by(course.owner):
        assert undo(hidden, by=course.owner, now=NOW)
    assert rating_of(course) == (1, 3)


def test_who_helps_no_longer_takes_no_hiding_back(organization):
    course = CourseFactory(published=True)
    entry = CourseStaffFactory(course=course)
    review = write(course, learner(course))
    with request_by(entry.user) as hidden:
        hide_review(review.pk, reason="x", by=entry.user, now=NOW)
    helper = entry.user
    entry.delete()
    with request_by(helper):
        assert not undo(hidden, by=helper, now=NOW)
    review.refresh_from_db()
    assert review.hidden_at


# Many at once


@pytest.fixture
def school():
    return found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)


@pytest.mark.django_db(transaction=True)
def test_ratings_are_right_however_many_write_at_once(school):
    with organization_context(school):
        course = CourseFactory(published=True)
        students = [learner(course) for _ in range(6)]
    tasks = [
        lambda student=student, number=number: write(course, student, 1 + number % 5)
        for number, student in enumerate(students)
    ]
    twice = [lambda: write(course, students[0], 1)] * 2
    results = race(school, tasks + twice)

    assert [result for result in results if isinstance(result, Exception)] == []
    with organization_context(school):
        assert rating_of(course) == (6, 1 + 2 + 3 + 4 + 5 + 1)
        assert list(invariants.check()) == []


@pytest.mark.django_db(transaction=True)
def test_hiding_holds_while_the_author_writes(school):
    with organization_context(school):
        course = CourseFactory(published=True)
        owner, student = course.owner, learner(course)
        review = write(course, student, 5)
    results = race(
        school,
        [
            lambda: hide_review(review.pk, reason="x", by=owner, now=NOW),
            lambda: write(course, student, 1, "Changed."),
            lambda: answer_review(review.pk, text="Thanks.", by=owner, now=NOW),
        ],
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    with organization_context(school):
        review = CourseReview.objects.get(pk=review.pk)
        assert (review.rating, review.reply, review.hidden_reason) == (1, "Thanks.", "x")
        assert rating_of(course) == (0, 0)


def test_wrong_sums_are_found(organization):
    course = CourseReviewFactory().course
    with connection.cursor() as cursor:
        cursor.execute("UPDATE courses_courserating SET rating_sum = 9, review_count = 2")
    found = {(row["course"], row["field"], row["counted"]) for row in invariants.check()}
    assert found == {(str(course.pk), "review_count", 1), (str(course.pk), "rating_sum", 4)}
