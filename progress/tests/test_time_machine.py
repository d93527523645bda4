"""The time machine: a course through a student's eyes at any time, with nothing written."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from activity import view_as
from content.models import Lesson, LessonDraft
from content.rules import opening_text
from content.services import items, outline, publishing
from content.tests.factories import LessonItemFactory
from courses.models import Course
from courses.tests.factories import CourseFactory
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from progress.models import LessonProgress
from progress.tests.factories import LessonProgressFactory, course_with
from tenancy.context import acting_for_everyone
from tenancy.models import SecurityEvent
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
NEXT_MONTH = NOW + timedelta(days=30)
BAR = "as a new student"


@pytest.fixture
def place(organization):
    """A course with two lessons, the second opening next month, and somebody on it."""
    course, lessons = course_with(2, title="Why we forget")
    Lesson.objects.filter(pk=lessons[1].pk).update(opens_at=NEXT_MONTH)
    LessonItemFactory(lesson=lessons[0])
    student = UserFactory(first_name="Grace", last_name="Hopper")
    return EnrollmentFactory(course=course, student=student), lessons


@pytest.fixture
def browser(client, place):
    client.force_login(place[0].course.owner)
    return client


def preview_url(course, **query):
    return reverse("progress:preview", args=[course.slug], query=query or None)


def look(browser, course, who="new", lesson=None, **data):
    query = {"lesson": lesson.pk} if lesson else {}
    return browser.post(preview_url(course, **query), {"who": who, **data})


def url(lesson):
    return reverse("progress:lesson", args=[lesson.course.slug, lesson.slug])


def text_of(response):
    return response.content.decode()


def test_a_new_student_is_on_the_course_and_nobody_is(browser, place):
    enrollment, lessons = place
    response = look(browser, enrollment.course, lesson=lessons[0])
    assert response["Location"] == url(lessons[0])
    html = text_of(browser.get(url(lessons[0])))
    assert BAR in html
    assert "0 of 2 lessons" in html
    assert "Some <em>text</em>" in html
    assert Enrollment.objects.count() == 1
    assert not User.objects.filter(username__startswith="preview_").exists()


def test_any_date_can_be_looked_at(browser, place):
    enrollment, lessons = place
    look(browser, enrollment.course)
    page = browser.get(url(lessons[1]))
    assert page.status_code == 403
    assert opening_text(NEXT_MONTH) in text_of(page)
    browser.post(reverse("activity:view_as_stop"))
    look(browser, enrollment.course, at=f"{NEXT_MONTH + timedelta(days=1):%Y-%m-%dT%H:%M}")
    assert browser.get(url(lessons[1])).status_code == 200


def test_days_count_from_when_the_new_student_enrolled(browser, place):
    enrollment, lessons = place
    Lesson.objects.filter(pk=lessons[1].pk).update(opens_at=None, opens_after_days=3)
    for days, status in ((0, 403), (4, 200)):
        look(browser, enrollment.course, joined_days=days)
        assert browser.get(url(lessons[1])).status_code == status
        browser.post(reverse("activity:view_as_stop"))


def test_named_student_is_seen_with_their_own_work(browser, place):
    enrollment, lessons = place
    LessonProgressFactory(
        enrollment=enrollment, lesson=lessons[0], completed_at=NOW, completion_method="manual"
    )
    look(browser, enrollment.course, who=enrollment.student_id)
    html = text_of(browser.get(url(lessons[0])))
    assert "as Grace Hopper" in html
    assert "1 of 2 lessons" in html
    event = SecurityEvent.objects.get(kind="view_as_started")
    assert (event.user_id, event.actor_id) == (enrollment.student_id, enrollment.course.owner_id)
    browser.post(reverse("activity:view_as_stop"))
    assert SecurityEvent.objects.filter(kind="view_as_ended").count() == 1


def test_nobody_is_named_in_the_log_when_nobody_was_looked_at(browser, place):
    look(browser, place[0].course)
    response = browser.post(reverse("activity:view_as_stop"))
    assert response["Location"] == preview_url(place[0].course)
    assert not SecurityEvent.objects.filter(kind__startswith="view_as").exists()


def test_new_student_may_have_done_the_lessons_before(browser, place):
    enrollment, lessons = place
    Course.objects.filter(pk=enrollment.course_id).update(is_sequential=True)
    Lesson.objects.update(opens_at=None)
    look(browser, enrollment.course)
    assert browser.get(url(lessons[1])).status_code == 403
    browser.post(reverse("activity:view_as_stop"))
    look(browser, enrollment.course, has_done_before="on")
    page = browser.get(url(lessons[1]))
    assert page.status_code == 200
    assert "1 of 2 lessons" in text_of(page)
    assert not LessonProgress.objects.exists()


@pytest.fixture
def drafted(browser, place):
    """The course with changed words of a lesson and an item, and a lesson that is not published."""
    enrollment, (lesson, _after) = place
    who = {"by": enrollment.course.owner, "now": NOW}
    item = lesson.items.get().item
    publishing.save_item_draft(item, revision=0, body="Quite *another* text.", **who)
    publishing.edit_lesson(lesson, revision=0, title="A drafted title", **who)
    new = outline.add_lesson(lesson.module, title="A drafted lesson", is_draft=True, **who)
    return enrollment.course, lesson, new


def test_unpublished_changes_are_seen_in_place(browser, drafted):
    course, lesson, new = drafted
    look(browser, course, with_drafts="on")
    html = text_of(browser.get(url(lesson)))
    assert "<p>Quite <em>another</em> text.</p>" in html
    assert "A drafted title" in html
    assert "A drafted lesson" in html
    assert browser.get(url(new)).status_code == 200
    assert LessonDraft.objects.filter(lesson=lesson).exists()


def test_without_them_students_see_what_is_published(browser, drafted):
    course, lesson, new = drafted
    look(browser, course)
    html = text_of(browser.get(url(lesson)))
    assert "Some <em>text</em>" in html
    assert "drafted" not in html
    assert browser.get(url(new)).status_code == 404


def test_drafts_do_not_reach_students_through_a_cache(browser, drafted, client):
    course, lesson, _new = drafted
    look(browser, course, with_drafts="on")
    for path in (url(lesson), f"/courses/{course.slug}/"):
        assert "drafted" in text_of(browser.get(path))
    browser.post(reverse("activity:view_as_stop"))
    client.force_login(Enrollment.objects.get().student)
    for path in (url(lesson), f"/courses/{course.slug}/"):
        assert "drafted" not in text_of(client.get(path))


def test_what_cannot_be_published_stays_as_it_is(browser, place):
    enrollment, (lesson, _after) = place
    item = items.add_item(kind="image", title="A picture", by=None, now=NOW)
    items.put_in_lesson(lesson, item, by=None, now=NOW)
    publishing.save_item_draft(item, revision=0, caption="none yet", by=None, now=NOW)
    look(browser, enrollment.course, with_drafts="on")
    assert browser.get(url(lesson)).status_code == 200


def test_course_that_is_full_or_not_published_can_be_seen(client, organization):
    course = CourseFactory(max_capacity=1)
    EnrollmentFactory(course=course)
    client.force_login(course.owner)
    look(client, course)
    page = client.get(f"/courses/{course.slug}/")
    assert page.status_code == 200
    assert BAR in text_of(page)
    course.refresh_from_db()
    assert course.max_capacity == 1


#: All that the site may read, but for the signed-in devices, whose last sign of life is the viewer's own.
TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND has_table_privilege(oid, 'SELECT') AND relname <> 'usersessions_usersession'
"""
SUM = "SELECT count(*), md5(string_agg(t::text, '/' ORDER BY t::text)) FROM \"{table}\" t"


def state_of_the_world():
    """Each table with its number of rows and their sum, the cache, the files, and the mails."""
    with acting_for_everyone(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(SUM.format(table=table))
            rows[table] = cursor.fetchone()
    files = {path: path.stat().st_mtime_ns for path in Path(settings.MEDIA_ROOT).rglob("*")}
    return rows, dict(cache._cache), files, len(mail.outbox)


def all_pages(course, lessons):
    return [
        "/",
        "/my/courses/",
        "/courses/",
        f"/courses/{course.slug}/",
        f"/courses/{course.slug}/continue/",
        f"/courses/{course.slug}/progress/",
        "/notifications/",
        *(url(lesson) for lesson in lessons),
    ]


@pytest.mark.parametrize("who", ["new", "named"])
def test_a_walk_over_all_pages_writes_nothing(
    browser, drafted, place, who, django_capture_on_commit_callbacks
):
    course, lesson, new = drafted
    who = place[0].student_id if who == "named" else who
    at = f"{NEXT_MONTH + timedelta(days=1):%Y-%m-%dT%H:%M}"
    look(browser, course, who=who, at=at, with_drafts="on", has_done_before="on")
    browser.get("/")  # the viewer's own session settles
    before = state_of_the_world()
    with django_capture_on_commit_callbacks() as callbacks:
        for path in all_pages(course, [lesson, place[1][1], new]):
            response = browser.get(path)
            assert response.status_code in (200, 302), path
        for ending in ("complete/", "visit/", "reopen/"):
            assert browser.post(url(lesson) + ending).status_code == 403
    assert callbacks == []
    assert state_of_the_world() == before


def test_a_planted_write_is_refused(browser, place, monkeypatch):
    def write(lesson_id):
        Course.objects.update(title="Changed")

    look(browser, place[0].course, with_drafts="on")
    monkeypatch.setattr("progress.views.render_lesson", write)
    page = browser.get(url(place[1][0]))
    assert page.status_code == 403
    assert "Nothing was changed." in text_of(page)
    assert Course.objects.filter(title="Why we forget").exists()


def test_time_is_itself_again_after_the_page(browser, place, monkeypatch):
    look(browser, place[0].course, at="2031-01-05T09:00")
    seen = []
    monkeypatch.setattr(
        "progress.views.greeting", lambda name, now: seen.append((name, now)) or "Hello."
    )
    request = browser.get("/").wsgi_request
    assert seen[0][1].year == 2031
    assert request.now < datetime.now(tz=NOW.tzinfo) + timedelta(minutes=1)
    browser.post(reverse("activity:view_as_stop"))
    browser.get("/")
    assert seen[1][1] < datetime.now(tz=NOW.tzinfo) + timedelta(minutes=1)


@pytest.mark.parametrize("role", ["student", "instructor"])
def test_others_find_no_preview(client, place, role):
    client.force_login(UserFactory(role=role, is_staff=role == "instructor"))
    assert client.get(preview_url(place[0].course)).status_code == 404
    assert look(client, place[0].course).status_code == 404


def test_look_ends_with_the_right_to_edit(browser, place):
    course = place[0].course
    look(browser, course)
    assert BAR in text_of(browser.get("/"))
    Course.objects.filter(pk=course.pk).update(owner=UserFactory(instructor=True))
    assert browser.get("/")["Location"] == preview_url(course)
    assert view_as.SESSION_KEY not in browser.session


def test_people_of_other_courses_and_staff_cannot_be_chosen(browser, place):
    other = EnrollmentFactory().student
    colleague = EnrollmentFactory(
        course=place[0].course, student=UserFactory(instructor=True)
    ).student
    for person in (other, colleague):
        assert look(browser, place[0].course, who=person.pk).status_code == 200
    assert view_as.SESSION_KEY not in browser.session


def test_people_are_found_by_name(browser, place):
    enrollment, _lessons = place
    EnrollmentFactory(course=enrollment.course, student__first_name="Linus")
    html = text_of(browser.get(preview_url(enrollment.course, q="grace")))
    assert "Grace Hopper" in html
    assert "Linus" not in html


@pytest.mark.parametrize(
    "data",
    [
        {"who": "nobody"},
        {"who": "a\x00b"},
        {"at": "soon"},
        {"at": "0001-01-01T00:00"},
        {"at": "9999-12-31T23:59"},
        {"joined_days": "9" * 50},
        {"joined_days": "-1"},
    ],
)
def test_nonsense_begins_nothing(browser, place, data):
    response = browser.post(preview_url(place[0].course), {"who": "new"} | data)
    assert response.status_code == 200
    assert "error-summary" in text_of(response)
    assert view_as.SESSION_KEY not in browser.session


@pytest.mark.parametrize("lesson_id", ["x", "a\x00b", "00000000-0000-0000-0000-000000000000"])
def test_begins_at_no_lesson_that_is_not_there(browser, place, lesson_id):
    assert browser.get(preview_url(place[0].course, lesson=lesson_id)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_form_query_count_is_constant(browser, place, count, django_assert_max_num_queries):
    EnrollmentFactory.create_batch(count, course=place[0].course)
    browser.get(preview_url(place[0].course))
    with django_assert_max_num_queries(9):
        browser.get(preview_url(place[0].course))
