"""The outline is read once per version, costs little, and shows each viewer their own state."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from content import outline as outlines
from content.models import Lesson, Module
from content.outline import ACTIVE, DONE, OPEN, locked, outline_of, render_outline
from content.services import outline as services
from content.tests.factories import LessonFactory, ModuleFactory
from courses.models import Course
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WHO = {"by": None, "now": timezone.now()}


@pytest.fixture
def course(organization):
    course = CourseFactory(published=True)
    one = services.add_module(course, title="One <b>", **WHO)
    two = services.add_module(course, title="Two", **WHO)
    services.add_module(course, title="Empty", **WHO)
    services.add_lesson(one, title="A & B", is_preview=True, duration_minutes=75, **WHO)
    services.add_lesson(one, title="C", **WHO)
    services.add_lesson(two, title="D", **WHO)
    return fresh(course)


def fresh(course):
    return Course.objects.get(pk=course.pk)


def queries_on_content(function):
    with CaptureQueriesContext(connection) as queries:
        result = function()
    return sum(
        "content_" in entry["sql"] and "cache" not in entry["sql"] for entry in queries
    ), result


def as_viewer(user):
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_outline_numbers_lessons_in_order(course):
    outline = outline_of(course)
    assert [(lesson.number, lesson.title) for lesson in outline.lessons] == [
        ("1.1", "A & B"),
        ("1.2", "C"),
        ("2.1", "D"),
    ]
    first, second, third = outline.lessons
    assert (outline.previous(first.id), outline.next(first.id)) == (None, second)
    assert (outline.previous(third.id), outline.next(third.id)) == (second, None)
    assert outline.by_slug["a-b"] == first
    assert outline.get(third.id) == third
    assert outline.duration_minutes == 75


def test_outline_is_read_once_per_version(course):
    count, outline = queries_on_content(lambda: outline_of(course))
    assert count == 1
    count, again = queries_on_content(lambda: outline_of(course))
    assert (count, again.modules) == (0, outline.modules)

    services.update_lesson(Lesson.objects.get(title="C"), title="New", **WHO)
    assert [lesson.title for lesson in outline_of(fresh(course)).lessons] == ["A & B", "New", "D"]


def test_trash_is_not_in_the_outline(course):
    services.trash_part(Lesson.objects.get(title="A & B"), **WHO)
    services.trash_part(Module.objects.get(title="Two"), **WHO)
    outline = outline_of(fresh(course))
    assert [module.title for module in outline.modules] == ["One <b>", "Empty"]
    assert [lesson.number for lesson in outline.lessons] == ["1.1"]


def test_states_have_shape_word_and_reason(course):
    outline = outline_of(course)
    first, second, third = outline.lessons
    states = {first.id: DONE, second.id: ACTIVE, third.id: locked("Finish <1.2> first.")}
    html = render_outline(outline, states, current=second.id, base_url="/c/lessons/")

    assert 'class="is-done"><a href="/c/lessons/a-b/"' in html
    assert 'href="/c/lessons/c/" aria-current="page"' in html
    assert "A &amp; B" in html
    assert "One &lt;b&gt;" in html
    assert '<span class="why-locked">Finish &lt;1.2&gt; first.</span>' in html
    assert "/c/lessons/d/" not in html
    assert [word in html for word in ("(done)", "(begun)", "(locked)")] == [True] * 3
    assert '<span class="count">1/2</span>' in html
    assert html.count("<details open>") == 1


def test_guests_may_open_previews_alone(course):
    html = outlines.course_outline(as_viewer(AnonymousUser()), course)
    assert f"/courses/{course.slug}/lessons/a-b/" in html
    assert f"/courses/{course.slug}/lessons/c/" not in html
    assert "1 h 15 min" in html
    assert "2 lessons" in html
    assert "0 lessons" in html


def test_guest_outline_is_kept_for_each_language(course):
    request = as_viewer(AnonymousUser())
    english = outlines.course_outline(request, course)
    count, again = queries_on_content(lambda: outlines.course_outline(request, course))
    assert (count, again) == (0, english)
    with translation.override("de"):
        outlines.course_outline(request, course)
    assert outlines.course_outline(request, course) == english


def test_registered_states_are_shown_to_those_who_have_some(course, monkeypatch):
    student, stranger = UserFactory(), UserFactory()

    def states(request, course, outline):
        if request.user != student:
            return None
        return {lesson.id: OPEN for lesson in outline.lessons}

    monkeypatch.setattr(outlines, "_states", [states])
    outlines.register_states(states)
    assert outlines._states == [states]
    assert "/lessons/d/" in outlines.course_outline(as_viewer(student), course)
    assert "/lessons/d/" not in outlines.course_outline(as_viewer(stranger), course)


def test_other_organizations_cache_is_not_read(course, other_organization):
    from tenancy.context import organization_context  # noqa: PLC0415 -- used here alone

    outline_of(course)
    with organization_context(other_organization):
        assert outline_of(course).lessons == ()


def test_three_hundred_lessons_cost_little(organization):
    course = CourseFactory()
    for number in range(1, 16):
        module = ModuleFactory(course=course, position=number)
        Lesson.objects.bulk_create(
            LessonFactory.build(
                module=module, course=course, position=place, slug=f"l-{number}-{place}"
            )
            for place in range(1, 21)
        )
    course = fresh(course)
    cache.clear()
    outline_of(course)

    started = time.process_time()
    for _round in range(20):
        outline = outline_of(course)
        states = {lesson.id: DONE for lesson in outline.lessons}
        html = render_outline(
            outline, states, current=outline.lessons[150].id, base_url="/courses/x/lessons/"
        )
    seconds = (time.process_time() - started) / 20

    assert html.count("<li ") == 300
    assert seconds < 0.02  # about 2 ms on a quiet machine
