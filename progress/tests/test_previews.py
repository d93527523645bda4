"""What a visitor did in a preview becomes theirs: kept by the session, then the account, then the course."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from content.models import Lesson
from content.tests.factories import LessonFactory
from courses.tests.factories import CourseFactory
from enrollments import services as enrollments
from enrollments.models import Enrollment
from progress import previews
from progress.models import LessonProgress, PreviewWork
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(organization):
    course = CourseFactory(published=True)
    LessonFactory(course=course, module__course=course, slug="first", is_preview=True)
    LessonFactory(course=course, module__course=course, slug="second")
    return course


def url(course, slug="first", step=""):
    return f"/courses/{course.slug}/lessons/{slug}/{step}"


def visit_key(client, course):
    page = client.get(url(course)).content.decode()
    return re.search(r'name="visit" value="([^"]+)"', page)[1]


def finish_preview(client, course):
    key = visit_key(client, course)
    return client.post(url(course, step="complete/"), {"visit": key})


def test_a_visitor_completes_a_preview_and_sees_so(client, course):
    answer = finish_preview(client, course)

    assert answer["Location"] == f"/courses/{course.slug}/"
    assert 'class="kicker"' in client.get(url(course)).content.decode()
    assert 'name="visit"' not in client.get(url(course)).content.decode()  # nothing left to do
    assert PreviewWork.objects.count() == 0


def test_what_was_done_before_signing_in_counts_after_enrolling(client, course):
    ada = UserFactory()
    finish_preview(client, course)

    client.force_login(ada)
    work = PreviewWork.objects.get()
    assert (work.student, work.completed_at is not None) == (ada, True)
    assert client.session.get(previews.SESSION_KEY) is None

    client.post(f"/courses/{course.slug}/enroll/")

    progress = LessonProgress.objects.get()
    assert (progress.lesson.slug, progress.completion_method) == ("first", "manual")
    assert Enrollment.objects.get().percent == 50
    assert PreviewWork.objects.count() == 0


def test_the_same_for_somebody_who_is_signed_in(client, course):
    client.force_login(UserFactory())
    finish_preview(client, course)
    client.post(f"/courses/{course.slug}/enroll/")

    assert Enrollment.objects.get().completed_lesson_count == 1


def test_other_courses_previews_wait_for_theirs(client, course, organization):
    other = CourseFactory(published=True)
    LessonFactory(course=other, module__course=other, slug="first", is_preview=True)
    client.force_login(UserFactory())
    finish_preview(client, other)

    client.post(f"/courses/{course.slug}/enroll/")

    assert PreviewWork.objects.get().lesson.course == other
    assert LessonProgress.objects.count() == 0


def test_time_is_credited_by_the_servers_clock(client, course):
    lesson = Lesson.objects.get(slug="first")
    lesson.completion, lesson.completion_seconds = "time", 60
    lesson.save()
    key = visit_key(client, course)

    answer = client.post(url(course, step="visit/"), {"visit": key, "seconds": "86400"})
    finish_preview(client, course)
    client.force_login(UserFactory())

    work = PreviewWork.objects.get()
    assert answer.status_code == 204
    assert work.time_spent_seconds < 60
    assert work.completed_at is None


def test_a_reading_adds_up_and_a_sitting_has_a_limit():
    begin = timezone.now()
    lesson = Lesson(completion="time", completion_seconds=60)
    reading = previews.Reading(begin, begin)

    after = begin + timedelta(seconds=45)
    reading.add(lesson, opened_at=begin, now=after, seconds=45, by_hand=False)
    assert (reading.seconds, reading.completed_at) == (45, None)
    later = begin + timedelta(hours=9)
    reading.add(lesson, opened_at=begin, now=later, seconds=None, by_hand=False)
    assert reading.seconds == 45 + 30 * 60
    assert reading.completed_at == later


def test_a_visitors_session_keeps_only_so_many(organization):
    session, now = {}, timezone.now()
    for lesson in LessonFactory.create_batch(previews.KEPT_LESSONS + 3):
        previews.note_visit(AnonymousUser(), session, lesson, opened_at=now, now=now)

    assert len(session[previews.SESSION_KEY]) == previews.KEPT_LESSONS


@pytest.mark.parametrize("step", ["complete/", "visit/"])
def test_what_is_no_preview_takes_no_work_of_visitors(client, course, step):
    assert client.post(url(course, "second", step), {"seconds": "1"}).status_code == 404


def test_handing_over_twice_changes_nothing(course):
    ada, now = UserFactory(), timezone.now()
    lesson = Lesson.objects.get(slug="first")
    PreviewWork.objects.create(student=ada, lesson=lesson, started_at=now, last_viewed_at=now)
    enrollment = enrollments.enroll(course.pk, ada, by=ada, now=now)

    assert LessonProgress.objects.count() == 1
    assert previews.hand_over(enrollment, now=now) == 0
    assert LessonProgress.objects.count() == 1
