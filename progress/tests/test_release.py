"""Lessons that open by date: closed on every page and for every post until then, open to those who teach."""

from datetime import timedelta

import pytest
from django.utils import timezone

from content.models import Lesson
from content.rules import as_sentence, opening_text
from content.tests.factories import LessonItemFactory
from courses.models import Course
from enrollments.tests.factories import EnrollmentFactory
from progress import services
from progress.models import LessonProgress, PreviewWork
from progress.tests.factories import course_with
from progress.viewing import opened_token
from users.tests.factories import UserFactory

NOW = timezone.now()
TOMORROW = NOW + timedelta(days=1)
OPENING = opening_text(TOMORROW)
SENTENCE = as_sentence(OPENING)


@pytest.fixture
def student(organization):
    return UserFactory()


@pytest.fixture
def browser(client, student):
    client.force_login(student)
    return client


@pytest.fixture
def place(student):
    """A student's place on a course whose second lesson opens tomorrow, and its three lessons."""
    course, lessons = course_with(3)
    set_rules(lessons[1], opens_at=TOMORROW)
    LessonItemFactory(lesson=lessons[1])
    return EnrollmentFactory(course=course, student=student), lessons


def set_rules(part, **rules):
    type(part).objects.filter(pk=part.pk).update(**rules)


def url(lesson, ending=""):
    return f"/courses/{lesson.course.slug}/lessons/{lesson.slug}/{ending}"


def text_of(response):
    return response.content.decode()


def test_closed_lesson_tells_when_it_opens_and_nothing_else(browser, place):
    _enrollment, lessons = place
    page = browser.get(url(lessons[1]))
    assert page.status_code == 403
    assert SENTENCE in text_of(page)
    assert "Some <em>text</em>" not in text_of(page)


def test_outline_names_the_day_and_no_page_leads_there(browser, place):
    enrollment, lessons = place
    for path in (url(lessons[0]), f"/courses/{enrollment.course.slug}/"):
        html = text_of(browser.get(path))
        assert f'<span class="why-locked">{OPENING}</span>' in html
        assert f'href="{url(lessons[1])}"' not in html
        assert f'href="{url(lessons[2])}"' in html


def test_lesson_opens_when_its_time_has_come(browser, place):
    _enrollment, lessons = place
    set_rules(lessons[1], opens_at=NOW - timedelta(seconds=1))
    assert browser.get(url(lessons[1])).status_code == 200


def test_days_count_from_the_students_own_enrollment(browser, place):
    enrollment, lessons = place
    set_rules(lessons[1], opens_at=None, opens_after_days=3)
    assert browser.get(url(lessons[1])).status_code == 403
    set_rules(enrollment, enrolled_at=NOW - timedelta(days=4))
    assert browser.get(url(lessons[1])).status_code == 200


def test_module_closes_its_lessons(browser, place):
    _enrollment, lessons = place
    set_rules(lessons[0].module, opens_at=TOMORROW)
    assert browser.get(url(lessons[0])).status_code == 403


def test_done_lesson_stays_open_when_it_is_closed_later(browser, place):
    enrollment, lessons = place
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    set_rules(lessons[0], opens_at=TOMORROW)
    assert browser.get(url(lessons[0])).status_code == 200
    assert browser.post(url(lessons[0], "reopen/")).status_code == 302


@pytest.mark.parametrize("ending", ["complete/", "visit/"])
def test_work_on_a_closed_lesson_is_refused(browser, place, ending):
    enrollment, lessons = place
    token = opened_token(enrollment.pk, lessons[1].pk, NOW - timedelta(minutes=5))
    response = browser.post(url(lessons[1], ending), {"visit": token, "seconds": "30"})
    assert (response.status_code, response.headers.get("Location")) in (
        (302, f"/courses/{enrollment.course.slug}/"),
        (409, None),
    )
    assert not LessonProgress.objects.exists()


def test_services_refuse_a_closed_lesson(organization, place):
    enrollment, lessons = place
    with pytest.raises(services.LessonLocked, match="Opens on") as refused:
        services.complete_lesson(enrollment.pk, lessons[1].pk, now=NOW)
    assert refused.value.lesson is None
    with pytest.raises(services.LessonLocked):
        services.record_visit(enrollment.pk, lessons[1].pk, opened_at=NOW, now=NOW)
    services.complete_lesson(enrollment.pk, lessons[1].pk, now=TOMORROW)


def test_those_who_teach_see_every_lesson(client, place):
    enrollment, lessons = place
    client.force_login(enrollment.course.owner)
    assert client.get(url(lessons[1])).status_code == 200
    assert OPENING not in text_of(client.get(f"/courses/{enrollment.course.slug}/"))


def test_completing_before_a_closed_lesson_leads_to_what_is_left(browser, place):
    enrollment, lessons = place
    response = browser.post(url(lessons[0], "complete/"), follow=True)
    assert response.redirect_chain == [(f"/courses/{enrollment.course.slug}/progress/", 302)]
    assert f"is closed. {SENTENCE}" in text_of(response)


def test_continue_passes_over_a_closed_lesson(browser, place):
    enrollment, lessons = place
    services.complete_lesson(enrollment.pk, lessons[0].pk, now=NOW)
    go_on = f"/courses/{enrollment.course.slug}/continue/"
    assert browser.get(go_on)["Location"] == url(lessons[2])
    services.complete_lesson(enrollment.pk, lessons[2].pk, now=NOW)
    assert browser.get(go_on)["Location"] == f"/courses/{enrollment.course.slug}/"
    assert OPENING in text_of(browser.get("/"))
    assert OPENING in text_of(browser.get("/my/courses/"))
    assert OPENING in text_of(browser.get(f"/courses/{enrollment.course.slug}/progress/"))


def test_sequential_course_names_the_day_and_the_lesson(browser, place):
    enrollment, lessons = place
    Course.objects.filter(pk=enrollment.course_id).update(is_sequential=True)
    html = text_of(browser.get(url(lessons[1])))
    assert SENTENCE in html
    assert "Finish 1.1 first." in html


def test_guests_wait_for_a_preview_too(client, organization):
    course, (lesson, after) = course_with(2, lesson_fields={"is_preview": True})
    set_rules(lesson, opens_at=TOMORROW)
    page = client.get(url(lesson))
    assert page.status_code == 403
    assert SENTENCE in text_of(page)
    assert client.get(url(after)).status_code == 200
    html = text_of(client.get(f"/courses/{course.slug}/"))
    assert OPENING in html
    assert f'href="{url(lesson)}"' not in html


@pytest.mark.parametrize("ending", ["complete/", "visit/"])
def test_nothing_is_kept_of_a_closed_preview(browser, ending):
    _course, (lesson,) = course_with(1, lesson_fields={"is_preview": True, "opens_at": TOMORROW})
    response = browser.post(url(lesson, ending), {"seconds": "30"})
    assert response.status_code == 404
    assert not PreviewWork.objects.exists()


def test_guests_read_a_preview_that_counts_days_from_enrolling(client, organization):
    _course, (lesson,) = course_with(1, lesson_fields={"is_preview": True, "opens_after_days": 9})
    assert client.get(url(lesson)).status_code == 200


def test_lesson_that_was_done_and_is_hidden_now_is_explained(browser, place):
    enrollment, lessons = place
    for lesson in (lessons[0], lessons[2]):
        services.complete_lesson(enrollment.pk, lesson.pk, now=NOW)
    page = f"/courses/{enrollment.course.slug}/progress/"
    assert "not part of the course at the moment" not in text_of(browser.get(page))
    Lesson.objects.filter(pk=lessons[2].pk).update(is_draft=True)
    html = text_of(browser.get(page))
    assert "1 of 2 lessons are done." in html
    assert "1 lesson that you did is not part of the course at the moment." in html


@pytest.mark.parametrize("count", [1, 3])
def test_dates_cost_a_lessons_page_no_query(browser, student, count, django_assert_max_num_queries):
    course, lessons = course_with(count + 1)
    for lesson in lessons[1:]:
        set_rules(lesson, opens_at=TOMORROW)
    EnrollmentFactory(course=course, student=student)
    browser.get(url(lessons[0]))
    with django_assert_max_num_queries(7):
        browser.get(url(lessons[0]))


@pytest.mark.parametrize("count", [1, 3])
def test_dates_cost_the_dashboard_one_query_for_all_courses(
    browser, student, count, django_assert_max_num_queries
):
    for _number in range(count):
        course, _lessons = course_with(1, lesson_fields={"opens_at": TOMORROW})
        EnrollmentFactory(course=course, student=student)
    browser.get("/")
    with django_assert_max_num_queries(9):
        assert text_of(browser.get("/")).count(OPENING) >= count
