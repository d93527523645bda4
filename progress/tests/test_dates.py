"""What opens for a student, as their agenda has it: by the rules that open the doors."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from agenda.dates import Span
from agenda.feeds import renew_feed, secret_of
from content.tests.factories import LessonFactory, ModuleFactory
from courses.models import Course
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from progress.dates import LESSON, MODULE, openings
from progress.tests.factories import LessonProgressFactory, course_with
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
AHEAD = Span(since=NOW)


def on(course, *, enrolled_at=NOW - DAY, **fields):
    return EnrollmentFactory(course=course, enrolled_at=enrolled_at, **fields)


def told(people, span=AHEAD):
    """Kind, name and time of each, in their order."""
    people = None if people is None else [person.pk for person in people]
    found = sorted(openings(people, span), key=lambda date: (date.at, date.uid))
    return [(date.kind, date.name, date.at) for date in found]


def test_lesson_that_opens_on_a_day_is_told(organization):
    course, (lesson, _other) = course_with(2)
    lesson.opens_at = NOW + DAY
    lesson.save()
    student = on(course).student

    (date,) = openings([student.pk], AHEAD)

    assert (date.kind, date.name, date.at) == (LESSON.code, lesson.title, NOW + DAY)
    assert date.url == f"/courses/{course.slug}/lessons/{lesson.slug}/"
    assert (date.course, date.slug, date.person_id) == (course.title, course.slug, student.pk)


def test_days_after_enrolling_end_at_the_persons_own_midnight(organization):
    """The clocks of Berlin go forward on the way, those of Honolulu never do."""
    course, (lesson,) = course_with(1, lesson_fields={"opens_after_days": 5})
    berlin = on(course, student=UserFactory(time_zone="Europe/Berlin")).student
    honolulu = on(course, student=UserFactory(time_zone="Pacific/Honolulu")).student
    nowhere = on(course, student=UserFactory(time_zone="")).student

    with timezone.override("Asia/Tokyo"):
        found = {date.person_id: date.at for date in openings(None, AHEAD)}

    assert found == {
        berlin.pk: datetime(2026, 3, 28, 23, tzinfo=UTC),
        honolulu.pk: datetime(2026, 3, 29, 10, tzinfo=UTC),
        nowhere.pk: datetime(2026, 3, 29, 0, tzinfo=UTC),
    }


def test_module_is_told_once_for_its_lessons(organization):
    course, lessons = course_with(3)
    module = lessons[0].module
    module.opens_at = NOW + DAY
    module.save()
    lessons[0].opens_at = NOW
    lessons[1].opens_at = NOW + DAY
    lessons[2].opens_at = NOW + 2 * DAY
    for lesson in lessons:
        lesson.save()
    student = on(course).student

    assert told([student]) == [
        (MODULE.code, module.title, NOW + DAY),
        (LESSON.code, lessons[2].title, NOW + 2 * DAY),
    ]


def test_what_is_done_is_told_no_more(organization):
    course, lessons = course_with(2)
    module = lessons[0].module
    module.opens_at = NOW + DAY
    module.save()
    enrollment = on(course)
    for lesson in lessons:
        lesson.opens_at = NOW + 2 * DAY
        lesson.save()
        LessonProgressFactory(
            enrollment=enrollment, lesson=lesson, completed_at=NOW, completion_method="manual"
        )

    assert told([enrollment.student]) == []


def test_only_those_who_learn_are_told(organization):
    course, _lessons = course_with(1, lesson_fields={"opens_at": NOW + DAY})
    learning = on(course).student
    for status in (Enrollment.Status.PAUSED, Enrollment.Status.WITHDRAWN):
        on(course, status=status)
    on(course, student=UserFactory(is_active=False))

    assert [date.person_id for date in openings(None, AHEAD)] == [learning.pk]


@pytest.mark.parametrize("hide", ["draft lesson", "lesson", "draft module", "module", "course"])
def test_what_students_do_not_see_is_not_told(organization, hide):
    course, (lesson,) = course_with(1, lesson_fields={"opens_at": NOW + DAY})
    student = on(course).student
    thing = {"course": course, "module": lesson.module}.get(hide.split()[-1], lesson)
    if "draft" in hide:
        thing.is_draft = True
    else:
        thing.deleted_at = NOW
    thing.save()

    assert told([student]) == []


def test_span_begins_with_its_first_moment_and_ends_before_its_last(organization):
    course, _lessons = course_with(1, lesson_fields={"opens_at": NOW})
    student = on(course).student

    assert len(told([student], Span(NOW, NOW + DAY))) == 1
    assert told([student], Span(NOW - DAY, NOW)) == []


def test_agenda_and_doors_agree(organization):
    """What the agenda says opens later is locked now, and open at that moment."""
    course, _lessons = course_with(0)
    module = ModuleFactory(course=course, position=7, opens_after_days=3)
    LessonFactory(module=module, position=1, opens_after_days=6)
    LessonFactory(module=module, position=2, opens_at=NOW + 4 * DAY)
    student = on(course, student=UserFactory(time_zone="America/New_York")).student

    found = told([student])

    assert [kind for kind, _name, _at in found] == [MODULE.code, LESSON.code, LESSON.code]
    assert [at for _kind, _name, at in found] == [
        datetime(2026, 3, 27, 4, tzinfo=UTC),
        NOW + 4 * DAY,
        datetime(2026, 3, 30, 4, tzinfo=UTC),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(organization, count, django_assert_num_queries):
    student = UserFactory()
    for _ in range(count):
        course, _lessons = course_with(1, lesson_fields={"opens_at": NOW + DAY})
        on(course, student=student)

    with django_assert_num_queries(1):
        assert len(told([student])) == count


def test_name_and_date_of_a_lesson_count_as_its_change(organization):
    course, (lesson,) = course_with(1, lesson_fields={"opens_at": NOW + DAY})
    student = on(course).student
    (before,) = openings([student.pk], AHEAD)
    Course.objects.filter(pk=course.pk).update(title="Another name")
    lesson.opens_at = NOW + 2 * DAY
    lesson.save()

    (after,) = openings([student.pk], AHEAD)

    assert (after.uid, after.source) == (before.uid, before.source)
    assert after.changed_at >= before.changed_at
    assert after.at == before.at + DAY


def test_calendar_program_reads_what_opens_and_nothing_of_a_classmate(client, organization):
    course, _lessons = course_with(1, lesson_fields={"opens_at": timezone.now() + DAY})
    student, classmate = on(course).student, on(course).student
    renew_feed(student)
    client.force_login(classmate)

    response = client.get(reverse("agenda:feed", args=[secret_of(student)]))

    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(Enrollment.objects.get(student=student).pk) in event["uid"]


def test_span_cuts_at_the_persons_own_midnight(organization):
    course, _lessons = course_with(1, lesson_fields={"opens_after_days": 3})
    student = on(course, student=UserFactory(time_zone="Europe/Berlin")).student
    midnight = datetime(2026, 3, 26, 23, tzinfo=UTC)

    assert told([student], Span(midnight - DAY, midnight)) == []
    assert len(told([student], Span(midnight, midnight + timedelta(seconds=1)))) == 1
    assert told([student], Span(midnight + timedelta(seconds=1), midnight + DAY)) == []
