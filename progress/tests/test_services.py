"""What visits and completed lessons change, when they are refused, and that a repeat is harmless."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from content.models import Lesson
from content.tests.factories import LessonFactory
from courses.models import Course
from enrollments import services as enrollment_services
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from lib.decisions import Reason
from progress import requirements, services
from progress.invariants import check
from progress.models import LessonProgress, ModuleProgress
from progress.signals import course_completed, lesson_completed, module_completed
from progress.tests.factories import course_with

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seconds(count):
    return timedelta(seconds=count)


def enroll(course, **fields):
    return EnrollmentFactory(course=course, enrolled_at=NOW - timedelta(days=1), **fields)


def percents(enrollment):
    rows = ModuleProgress.objects.filter(enrollment=enrollment).order_by("module__position")
    return list(rows.values_list("completed_lesson_count", "lesson_count", "percent"))


@pytest.fixture
def heard():
    facts = []
    listeners = []
    for name, signal in (
        ("lesson", lesson_completed),
        ("module", module_completed),
        ("course", course_completed),
    ):

        def listen(sender, *, enrollment, name=name, **kwargs):
            facts.append(name)

        signal.connect(listen)
        listeners.append((signal, listen))
    yield facts
    for signal, listen in listeners:
        signal.disconnect(listen)


# Completing by hand


def test_completed_lesson_is_stored_and_all_percentages_follow(organization, heard):
    course, lessons = course_with(2, 1)
    enrollment = enroll(course)

    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)

    progress = LessonProgress.objects.get()
    assert (progress.completed_at, progress.completion_method) == (NOW, "manual")
    enrollment.refresh_from_db()
    assert (enrollment.percent, enrollment.completed_lesson_count) == (Decimal("33.33"), 1)
    assert (enrollment.last_lesson, enrollment.last_activity_at) == (lessons[0], NOW)
    assert percents(enrollment) == [(1, 2, 50)]
    assert heard == ["lesson"]
    assert list(check()) == []


def test_completing_twice_changes_nothing(organization, heard):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW + seconds(5))

    assert LessonProgress.objects.get().completed_at == NOW
    assert heard == ["lesson"]


def test_last_lesson_completes_module_and_course(organization, heard):
    course, lessons = course_with(1, 2)
    enrollment = enroll(course)
    for lesson in lessons:
        services.complete_lesson(enrollment.pk, lesson.pk, now=NOW)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.completed_at, enrollment.percent) == (
        "completed",
        NOW,
        100,
    )
    assert percents(enrollment) == [(1, 1, 100), (2, 2, 100)]
    assert enrollment.engagement_score == Decimal("0.80")  # no time was spent
    assert heard == ["lesson", "module", "lesson", "lesson", "module", "course"]
    assert list(check()) == []


@pytest.mark.parametrize("status", ["pending", "paused", "suspended", "withdrawn", "expired"])
def test_work_counts_only_while_learning(organization, status):
    course, lessons = course_with(1)
    enrollment = enroll(course, status=status, approval_requested_at=NOW)
    for work in (
        lambda: services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW),
        lambda: services.record_visit(enrollment.pk, lessons[0].pk, opened_at=NOW, now=NOW),
    ):
        with pytest.raises(services.NotLearning):
            work()
    assert LessonProgress.objects.count() == 0


def test_lesson_of_another_course_or_in_the_trash_is_refused(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    Lesson.objects.filter(pk=lessons[1].pk).update(deleted_at=NOW)
    for lesson in (LessonFactory(), lessons[1]):
        with pytest.raises(services.LessonGone):
            services.complete_lesson(enrollment.pk, lesson.pk, now=NOW)


def test_locked_lesson_cannot_be_completed_or_visited(organization):
    course, lessons = course_with(3, is_sequential=True)
    enrollment = enroll(course)
    with pytest.raises(services.LessonLocked, match=r"Finish 1\.1 first") as refused:
        services.complete_lesson(enrollment.pk, lessons[1].pk, now=NOW)
    assert refused.value.lesson.id == lessons[0].pk
    with pytest.raises(services.LessonLocked):
        services.record_visit(enrollment.pk, lessons[2].pk, opened_at=NOW, now=NOW)

    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    services.complete_lesson(enrollment.pk, lessons[1].pk, now=NOW)


def test_lesson_that_completes_by_itself_has_no_mark_by_hand(organization):
    course, lessons = course_with(1, lesson_fields={"completion": "viewed"})
    with pytest.raises(services.NotByHand):
        services.complete_lesson(enroll(course).pk, lessons[0].pk, now=NOW)


# Taking a mark back


def test_mark_can_be_taken_back(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    for _ in range(2):
        services.reopen_lesson(enrollment.pk, lessons[0].pk, now=NOW)

    enrollment.refresh_from_db()
    assert (enrollment.percent, enrollment.completed_lesson_count) == (0, 0)
    assert percents(enrollment) == [(0, 2, 0)]
    assert list(check()) == []


def test_completed_course_keeps_its_lessons_done(organization):
    course, lessons = course_with(1)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    with pytest.raises(services.NotByHand):
        services.reopen_lesson(enrollment.pk, lessons[0].pk, now=NOW)


def test_automatic_completion_is_not_taken_back_by_hand(organization):
    course, lessons = course_with(2, lesson_fields={"completion": "viewed"})
    enrollment = enroll(course)
    services.record_visit(enrollment.pk, lessons[0].pk, opened_at=NOW, now=NOW)
    with pytest.raises(services.NotByHand):
        services.reopen_lesson(enrollment.pk, lessons[0].pk, now=NOW)


# Visits


def test_visit_counts_the_view_once_and_credits_the_time(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    for beat in (30, 60, 90):
        services.record_visit(
            enrollment.pk, lessons[0].pk, opened_at=NOW, seconds=30, now=NOW + seconds(beat)
        )

    progress = LessonProgress.objects.get()
    assert (progress.view_count, progress.time_spent_seconds) == (1, 90)
    assert (progress.started_at, progress.last_viewed_at) == (NOW, NOW + seconds(90))
    enrollment.refresh_from_db()
    assert (enrollment.total_time_seconds, enrollment.last_lesson) == (90, lessons[0])
    assert enrollment.last_accessed_at == NOW + seconds(90)

    services.record_visit(
        enrollment.pk, lessons[0].pk, opened_at=NOW + seconds(500), now=NOW + seconds(510)
    )
    progress.refresh_from_db()
    assert (progress.view_count, progress.time_spent_seconds) == (2, 100)


@pytest.mark.parametrize(
    ("claimed", "passed", "credited"),
    [(10, 30, 10), (9_000, 30, 30), (9_000, 9_000, 60), (-5, 30, 0), (None, 300, 300)],
)
def test_time_is_bounded_by_the_servers_clock(organization, claimed, passed, credited):
    course, lessons = course_with(1)
    services.record_visit(
        enroll(course).pk,
        lessons[0].pk,
        opened_at=NOW,
        seconds=claimed,
        now=NOW + seconds(passed),
    )
    assert LessonProgress.objects.get().time_spent_seconds == credited


def test_without_a_script_a_long_break_is_not_learning_time(organization):
    course, lessons = course_with(1)
    services.record_visit(
        enroll(course).pk, lessons[0].pk, opened_at=NOW, now=NOW + timedelta(hours=20)
    )
    assert LessonProgress.objects.get().time_spent_seconds == 30 * 60


def test_repeated_report_and_two_open_lessons_credit_time_once(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    for _ in range(5):
        services.record_visit(
            enrollment.pk, lessons[0].pk, opened_at=NOW, seconds=60, now=NOW + seconds(60)
        )
    services.record_visit(
        enrollment.pk, lessons[1].pk, opened_at=NOW, seconds=60, now=NOW + seconds(60)
    )
    enrollment.refresh_from_db()
    assert enrollment.total_time_seconds == 60


def test_page_from_the_future_credits_nothing(organization):
    course, lessons = course_with(1)
    services.record_visit(
        enroll(course).pk, lessons[0].pk, opened_at=NOW + timedelta(days=1), now=NOW
    )
    assert LessonProgress.objects.get().time_spent_seconds == 0


def test_viewed_lesson_completes_when_it_is_opened(organization, heard):
    course, lessons = course_with(2, lesson_fields={"completion": "viewed"})
    enrollment = enroll(course)
    services.record_visit(enrollment.pk, lessons[0].pk, opened_at=NOW, seconds=1, now=NOW)

    progress = LessonProgress.objects.get()
    assert (progress.completed_at, progress.completion_method) == (NOW, "auto")
    assert heard == ["lesson"]
    assert list(check()) == []


def test_timed_lesson_completes_when_the_time_is_spent(organization):
    course, lessons = course_with(
        2, lesson_fields={"completion": "time", "completion_seconds": 100}
    )
    enrollment = enroll(course)
    states = []
    for beat in (50, 99, 100, 130):
        progress = services.record_visit(
            enrollment.pk, lessons[0].pk, opened_at=NOW, seconds=60, now=NOW + seconds(beat)
        )
        states.append(progress.completion_method)
    assert states == ["", "", "time_based", "time_based"]
    assert LessonProgress.objects.get().completed_at == NOW + seconds(100)


def test_visit_alone_derives_nothing_and_completes_nothing(organization, heard):
    course, lessons = course_with(1)
    enrollment = enroll(course)
    services.record_visit(enrollment.pk, lessons[0].pk, opened_at=NOW, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.percent, enrollment.status, heard) == (0, "active", [])


# Requirements


@pytest.fixture
def essay():
    open_essays = ["Hand in the essay."]
    requirements.register("essay", lambda enrollment: list(open_essays))
    yield open_essays
    requirements.unregister("essay")


def test_course_completes_only_when_every_requirement_is_met(organization, essay, heard):
    course, lessons = course_with(1)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.percent) == ("active", 100)
    assert requirements.missing(enrollment) == [Reason("essay", "Hand in the essay.")]

    essay.clear()
    assert services.check_completion(enrollment, now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.status == "completed"
    assert heard.count("course") == 1
    assert services.check_completion(enrollment, now=NOW)
    assert heard.count("course") == 1


def test_course_without_lessons_is_never_complete(organization):
    enrollment = enroll(course_with()[0])
    assert [reason.code for reason in requirements.missing(enrollment)] == ["no_lessons"]
    assert not services.check_completion(enrollment, now=NOW)


# When the course changes


def test_lesson_added_later_lowers_the_percentage_of_those_still_learning(organization):
    course, lessons = course_with(2)
    learning, finished = enroll(course), enroll(course)
    services.complete_lesson(learning.pk, lessons[0].pk, now=NOW)
    for lesson in lessons:
        services.complete_lesson(finished.pk, lesson.pk, now=NOW)
    LessonFactory(module=lessons[0].module, position=9)
    LessonFactory(module=lessons[0].module, position=10)

    assert list(check()) == []  # due, not wrong
    assert services.rederive_due(now=NOW) == 2
    assert services.rederive_due(now=NOW) == 0

    learning.refresh_from_db()
    finished.refresh_from_db()
    assert (learning.percent, finished.percent, finished.status) == (25, 100, "completed")
    assert list(check()) == []


def test_lesson_removed_later_can_complete_the_course(organization, heard):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    Lesson.objects.filter(pk=lessons[1].pk).update(deleted_at=NOW)

    services.rederive_due(now=NOW)

    enrollment.refresh_from_db()
    assert (enrollment.percent, enrollment.status) == (100, "completed")
    assert heard == ["lesson", "module", "course"]


def test_renamed_lesson_changes_no_number(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    Lesson.objects.filter(pk=lessons[1].pk).update(title="Another name")
    services.rederive_due(now=NOW)
    enrollment.refresh_from_db()
    assert enrollment.percent == 50
    assert enrollment.outline_version == Course.objects.get().outline_version


# What constraints cannot say


def test_check_names_wrong_numbers(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    Enrollment.objects.filter(pk=enrollment.pk).update(percent=77)
    ModuleProgress.objects.update(completed_lesson_count=2)

    assert [(found["what"], found["field"]) for found in check()] == [
        ("course percentage", "percent"),
        ("module percentage", "lessons done"),
    ]


def test_reopened_course_is_derived_with_the_next_step(organization):
    course, lessons = course_with(2)
    enrollment = enroll(course)
    for lesson in lessons:
        services.complete_lesson(enrollment.pk, lesson.pk, now=NOW)
    enrollment_services.reopen(enrollment.pk, by=None, now=NOW)
    services.reopen_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.percent) == ("active", 50)
