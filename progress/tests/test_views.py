"""The dashboard, the lesson page and the way through a course, as a student's browser sees them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from content.tests.factories import LessonFactory, LessonItemFactory
from enrollments.models import Enrollment
from enrollments.tests.factories import EnrollmentFactory
from progress import services
from progress.models import LessonProgress
from progress.tests.factories import course_with
from progress.viewing import opened_token
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def browser(client, student):
    client.force_login(student)
    return client


def url(lesson, ending=""):
    return f"/courses/{lesson.course.slug}/lessons/{lesson.slug}/{ending}"


def text_of(response):
    return response.content.decode()


def token_in(response):
    return re.search(r'name="visit" value="([^"]+)"', text_of(response)).group(1)


def locked_doors(response):
    return re.findall(r'class="why-locked">([^<]+)<', text_of(response))


# The lesson page


def test_lesson_page_shows_content_outline_and_neighbors(browser, student):
    course, lessons = course_with(2, 1)
    EnrollmentFactory(course=course, student=student)
    LessonItemFactory(lesson=lessons[1])

    page = browser.get(url(lessons[1]))

    html = text_of(page)
    assert page.status_code == 200
    assert "<p>Some <em>text</em>.</p>" in html
    assert all(lesson.title in html for lesson in lessons)
    assert f'rel="prev" href="{url(lessons[0])}"' in html
    assert f'rel="next" href="{url(lessons[2])}"' in html
    assert f'data-visit-url="{url(lessons[1], "visit/")}"' in html


def test_looking_at_a_lesson_writes_nothing(browser, student):
    course, lessons = course_with(1, lesson_fields={"completion": "viewed"})
    EnrollmentFactory(course=course, student=student)
    browser.get(url(lessons[0]))
    assert LessonProgress.objects.count() == 0
    assert Enrollment.objects.get().last_accessed_at is None


@pytest.mark.parametrize("sizes", [(1,), (3,), (13, 13, 13, 13, 13)])
def test_lesson_page_query_count_is_constant(
    browser, student, sizes, django_assert_max_num_queries
):
    course, lessons = course_with(*sizes)
    enrollment = EnrollmentFactory(course=course, student=student)
    for lesson in lessons[:-1]:
        services.complete_lesson(enrollment.pk, lesson.pk, now=NOW)
    LessonItemFactory.create_batch(len(sizes), lesson=lessons[-1])
    browser.get(url(lessons[-1]))

    with django_assert_max_num_queries(8):
        page = browser.get(url(lessons[-1]))
    assert len(page.content) < 60_000


@pytest.mark.slow
def test_lesson_page_of_three_hundred_lessons_needs_no_more_queries(
    browser, student, django_assert_max_num_queries
):
    course, lessons = course_with(*[30] * 10, is_sequential=True)
    EnrollmentFactory(course=course, student=student)
    browser.get(url(lessons[0]))
    with django_assert_max_num_queries(8):
        page = browser.get(url(lessons[0]))
    assert len(locked_doors(page)) == 299


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("active", 200),
        ("completed", 200),
        ("paused", 403),
        ("suspended", 403),
        ("pending", 403),
        ("withdrawn", 403),
        (None, 403),
    ],
)
def test_lesson_opens_to_those_who_learn(browser, student, state, status):
    course, lessons = course_with(1)
    if state:
        EnrollmentFactory(
            course=course,
            student=student,
            status=state,
            approval_requested_at=NOW,
            completed_at=NOW if state == "completed" else None,
        )
    assert browser.get(url(lessons[0])).status_code == status


def test_preview_is_open_to_guests_and_looking_stores_nothing(client, organization):
    course, lessons = course_with(2)
    lessons[0].is_preview = True
    lessons[0].save()

    page = client.get(url(lessons[0]))
    assert page.status_code == 200
    assert "visit-url" in text_of(page)
    assert not client.session.items()

    closed = client.get(url(lessons[1]))
    assert closed.status_code == 403
    assert f"?next={url(lessons[1])}" in text_of(closed)


@pytest.mark.parametrize("role", ["instructor", "admin"])
def test_those_who_teach_read_every_lesson(client, organization, role):
    course, lessons = course_with(2, is_sequential=True)
    user = course.owner if role == "instructor" else UserFactory(role=role)
    client.force_login(user)
    page = client.get(url(lessons[1]))
    assert page.status_code == 200
    assert locked_doors(page) == []
    assert client.post(url(lessons[1], "complete/")).status_code == 404
    assert LessonProgress.objects.count() == 0


def test_other_instructors_do_not(client, organization):
    _course, lessons = course_with(1)
    client.force_login(UserFactory(instructor=True))
    assert client.get(url(lessons[0])).status_code == 403


def test_lesson_of_a_hidden_course_or_in_the_trash_is_not_found(browser, student):
    hidden, hidden_lessons = course_with(1, visibility="private")
    course, lessons = course_with(1)
    EnrollmentFactory(course=course, student=student)
    lessons[0].deleted_at = NOW
    lessons[0].save()
    for lesson in (*hidden_lessons, *lessons):
        assert browser.get(url(lesson)).status_code == 404


def test_locked_lesson_says_why_and_leads_to_the_one_to_finish(browser, student):
    course, lessons = course_with(2, 1, is_sequential=True)
    EnrollmentFactory(course=course, student=student)

    page = browser.get(url(lessons[2]))

    assert page.status_code == 403
    assert "Finish 1.1 first." in text_of(page)
    assert f'href="{url(lessons[0])}"' in text_of(page)
    assert locked_doors(browser.get(url(lessons[0]))) == ["Finish 1.1 first"] * 2


# The button at the end


def test_complete_and_go_on(browser, student):
    course, lessons = course_with(2)
    enrollment = EnrollmentFactory(course=course, student=student)
    token = token_in(browser.get(url(lessons[0])))

    answer = browser.post(url(lessons[0], "complete/"), {"visit": token})

    assert (answer.status_code, answer.headers["Location"]) == (302, url(lessons[1]))
    progress = LessonProgress.objects.get()
    assert (progress.completion_method, progress.view_count) == ("manual", 1)
    enrollment.refresh_from_db()
    assert (enrollment.percent, enrollment.last_lesson) == (50, lessons[0])


def test_last_button_completes_the_course_and_shows_why(browser, student):
    course, lessons = course_with(1)
    EnrollmentFactory(course=course, student=student)
    page = browser.post(url(lessons[0], "complete/"), follow=True)
    assert page.redirect_chain == [(f"/courses/{course.slug}/progress/", 302)]
    assert "You have completed" in text_of(page)
    assert Enrollment.objects.get().status == "completed"


def test_go_on_counts_the_visit_of_a_lesson_that_completes_when_opened(browser, student):
    course, lessons = course_with(2, lesson_fields={"completion": "viewed"})
    EnrollmentFactory(course=course, student=student)
    token = token_in(browser.get(url(lessons[0])))
    browser.post(url(lessons[0], "complete/"), {"visit": token})
    assert LessonProgress.objects.get().completion_method == "auto"


def test_timed_lesson_without_a_script_is_credited_by_the_servers_clock(browser, student):
    course, lessons = course_with(
        2, is_sequential=True, lesson_fields={"completion": "time", "completion_seconds": 120}
    )
    enrollment = EnrollmentFactory(course=course, student=student)
    answer = browser.post(url(lessons[0], "complete/"), follow=True)
    assert answer.redirect_chain == [(url(lessons[0]), 302)]
    assert "This lesson counts after 2 min." in text_of(answer)

    LessonProgress.objects.all().delete()
    Enrollment.objects.update(last_activity_at=None)
    earlier = opened_token(enrollment.pk, lessons[0].pk, timezone.now() - timedelta(minutes=3))
    answer = browser.post(url(lessons[0], "complete/"), {"visit": earlier})
    assert answer.headers["Location"] == url(lessons[1])
    assert LessonProgress.objects.get().completion_method == "time_based"


def test_completing_a_locked_lesson_leads_to_the_one_to_finish(browser, student):
    course, lessons = course_with(3, is_sequential=True)
    EnrollmentFactory(course=course, student=student)
    answer = browser.post(url(lessons[2], "complete/"))
    assert answer.headers["Location"] == url(lessons[0])
    assert LessonProgress.objects.count() == 0


def test_mark_can_be_taken_back(browser, student):
    course, lessons = course_with(2)
    enrollment = EnrollmentFactory(course=course, student=student)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    assert "Mark as not done" in text_of(browser.get(url(lessons[0])))
    browser.post(url(lessons[0], "reopen/"))
    assert LessonProgress.objects.get().completed_at is None


@pytest.mark.parametrize("ending", ["complete/", "visit/", "reopen/"])
def test_work_is_for_people_on_the_course(browser, client, ending):
    _course, lessons = course_with(1)
    assert browser.post(url(lessons[0], ending)).status_code == 404
    assert browser.get(url(lessons[0], ending)).status_code == 405
    client.logout()
    assert client.post(url(lessons[0], ending)).status_code in (302, 404)
    assert LessonProgress.objects.count() == 0


@pytest.mark.parametrize("state", ["paused", "suspended"])
def test_work_does_not_count_while_the_place_rests(browser, student, state):
    course, lessons = course_with(1)
    EnrollmentFactory(course=course, student=student, status=state)
    assert browser.post(url(lessons[0], "complete/")).status_code == 302
    assert LessonProgress.objects.count() == 0


# Visits


def test_visit_is_recorded_without_a_page(browser, student):
    course, lessons = course_with(1)
    EnrollmentFactory(course=course, student=student)
    token = token_in(browser.get(url(lessons[0])))
    answer = browser.post(url(lessons[0], "visit/"), {"visit": token, "seconds": "5000"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert LessonProgress.objects.get().view_count == 1
    assert LessonProgress.objects.get().time_spent_seconds < 60


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"seconds": "5"},
        {"visit": "x.y.z:sig", "seconds": "5"},
        {"visit": "TOKEN", "seconds": "-1"},
        {"visit": "TOKEN", "seconds": "²"},
        {"visit": "TOKEN", "seconds": ""},
    ],
)
def test_report_that_cannot_be_read_is_refused(browser, student, data):
    course, lessons = course_with(1)
    EnrollmentFactory(course=course, student=student)
    token = token_in(browser.get(url(lessons[0])))
    data = {name: value.replace("TOKEN", token) for name, value in data.items()}
    assert browser.post(url(lessons[0], "visit/"), data).status_code == 400
    assert LessonProgress.objects.count() == 0


def test_token_of_another_lesson_is_refused(browser, student):
    course, lessons = course_with(2)
    EnrollmentFactory(course=course, student=student)
    token = token_in(browser.get(url(lessons[0])))
    answer = browser.post(url(lessons[1], "visit/"), {"visit": token, "seconds": "5"})
    assert answer.status_code == 400


# Going on


def test_continue_leads_to_where_one_left_off(browser, student):
    course, lessons = course_with(3)
    enrollment = EnrollmentFactory(course=course, student=student)

    def target():
        return browser.get(f"/courses/{course.slug}/continue/").headers["Location"]

    assert target() == url(lessons[0])
    services.record_visit(enrollment.pk, lessons[1].pk, opened_at=NOW, now=NOW)
    assert target() == url(lessons[1])
    services.complete_lesson(enrollment.pk, lessons[1].pk, now=NOW)
    assert target() == url(lessons[0])


def test_continue_without_a_place_leads_to_the_course(browser, organization):
    course, _lessons = course_with(1)
    answer = browser.get(f"/courses/{course.slug}/continue/")
    assert answer.headers["Location"] == f"/courses/{course.slug}/"


# Dashboard and lists


def test_dashboard_continues_first_and_names_what_is_next(browser, student):
    course, lessons = course_with(1, 2, title="Git")
    enrollment = EnrollmentFactory(course=course, student=student)
    other, _ = course_with(1, title="Finished")
    finished = EnrollmentFactory(course=other, student=student)
    services.complete_lesson(finished.pk, other.lessons.get().pk, now=NOW)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)

    html = text_of(browser.get("/"))

    assert "Continue where you were" in html
    assert f"2.1 {lessons[1].title}" in html
    assert f'href="/courses/{course.slug}/continue/"' in html
    assert "Why 33 %?" in html
    assert "Completed on" in html


def test_empty_dashboard_leads_to_the_catalogue(browser):
    html = text_of(browser.get("/"))
    assert "Your path begins here" in html
    assert 'href="/courses/"' in html


def test_guests_see_the_catalogue_at_home(client, organization):
    course, _lessons = course_with(1, title="Open to all")
    assert course.title in text_of(client.get("/"))


@pytest.mark.parametrize(("path", "queries"), [("/", 8), ("/my/courses/", 7)])
@pytest.mark.parametrize("count", [1, 3])
def test_own_lists_query_count_is_constant(
    browser, student, path, queries, count, django_assert_max_num_queries
):
    courses = [course_with(2)[0] for _ in range(count)]
    for course in courses:
        EnrollmentFactory(course=course, student=student)
    browser.get(path)
    with django_assert_max_num_queries(queries):
        html = text_of(browser.get(path))
    assert all(course.title in html for course in courses)


def test_own_lists_show_nobody_elses_courses(browser, student):
    course, _lessons = course_with(1, title="Somebody else's")
    EnrollmentFactory(course=course)
    for path in ("/", "/my/courses/", "/my/courses/?state=left"):
        assert "Somebody else" not in text_of(browser.get(path))


def test_my_courses_are_filtered_by_state(browser, student):
    for title, state in (("Now", "active"), ("Then", "completed"), ("Gone", "withdrawn")):
        course, _lessons = course_with(1, title=f"Course {title}")
        EnrollmentFactory(
            course=course,
            student=student,
            status=state,
            completed_at=NOW if state == "completed" else None,
        )
    shown = {
        state: re.findall(r"<strong>Course (\w+)</strong>", text_of(browser.get(path)))
        for state, path in (
            ("learning", "/my/courses/"),
            ("completed", "/my/courses/?state=completed"),
            ("left", "/my/courses/?state=left"),
            ("nonsense", "/my/courses/?state=x&cursor=%00"),
        )
    }
    assert shown == {
        "learning": ["Now"],
        "completed": ["Then"],
        "left": ["Gone"],
        "nonsense": ["Now"],
    }


# Why 95 %?


def test_progress_page_adds_up_and_links_what_is_missing(browser, student):
    course, lessons = course_with(2, 1)
    enrollment = EnrollmentFactory(course=course, student=student)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)

    html = text_of(browser.get(f"/courses/{course.slug}/progress/"))

    assert "Why 33 %?" in html
    assert "1 of 3 lessons are done." in html
    assert "1 / 3 = 33.33 %" in html
    assert "2 lessons are open." in html
    assert [url(lesson) in html for lesson in lessons] == [False, True, True]


def test_progress_page_tells_of_lessons_added_after_completion(browser, student):
    course, lessons = course_with(1)
    enrollment = EnrollmentFactory(course=course, student=student)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    LessonFactory(module=lessons[0].module, position=5)
    html = text_of(browser.get(f"/courses/{course.slug}/progress/"))
    assert "Lessons were added since" in html


def test_progress_page_is_for_people_on_the_course(browser, organization):
    course, _lessons = course_with(1)
    EnrollmentFactory(course=course)
    assert browser.get(f"/courses/{course.slug}/progress/").status_code == 404


def test_course_page_shows_the_students_own_states(browser, student):
    course, lessons = course_with(2, is_sequential=True)
    enrollment = EnrollmentFactory(course=course, student=student)
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    html = text_of(browser.get(f"/courses/{course.slug}/"))
    assert html.count('class="is-done"') == 1
    assert "Why 50 %?" in html
