"""The outline editor: what its buttons do, what it refuses, and what it costs."""

from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from content.models import Lesson, LessonDraft, Module
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses.models import Course
from courses.tests.factories import CourseFactory, RoleAssignmentFactory, RoleFactory
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(organization):
    return CourseFactory(title="Walls")


@pytest.fixture
def outline(course):
    """Module A with lessons a1 to a3, module B with b1."""
    first = ModuleFactory(course=course, title="A", position=1)
    second = ModuleFactory(course=course, title="B", position=2)
    for place in (1, 2, 3):
        LessonFactory(module=first, title=f"a{place}", position=place)
    LessonFactory(module=second, title="b1", position=1)


@pytest.fixture
def author(client, course):
    client.force_login(course.owner)
    return client


def address(course):
    return reverse("content:studio_outline", args=[course.slug])


def do(author, course, action, part=None, **fields):
    """Press a button; what the page said."""
    name = action if part is None else f"{action}:{part.pk}"
    response = author.post(address(course), {"do": name} | fields)
    assert response.status_code == 302, response.content
    said = [str(message) for message in get_messages(response.wsgi_request)]
    return said[-1]


def lesson(title):
    return Lesson.objects.get(title=title)


def module(title):
    return Module.objects.get(title=title)


def shape(course):
    """Titles in order: of each module, with those of its lessons. Fails where a place is missing."""
    modules = list(Module.objects.live().filter(course=course).order_by("position"))
    assert [row.position for row in modules] == list(range(1, len(modules) + 1))
    found = []
    for each in modules:
        lessons = list(each.lessons.live().order_by("position"))
        assert [row.position for row in lessons] == list(range(1, len(lessons) + 1))
        found.append((each.title, [row.title for row in lessons]))
    return found


START = [("A", ["a1", "a2", "a3"]), ("B", ["b1"])]


def test_a_new_course_gets_a_module_and_a_lesson_that_wait(author, course):
    do(author, course, "add_module", title="A")
    do(author, course, "add_lesson", module("A"), title="a1")

    assert shape(course) == [("A", ["a1"])]
    assert module("A").is_draft
    assert lesson("a1").is_draft


@pytest.mark.parametrize(
    ("action", "title", "expected"),
    [
        ("up", "a2", [("A", ["a2", "a1", "a3"]), ("B", ["b1"])]),
        ("up", "a1", START),
        ("up", "b1", [("A", ["a1", "a2", "a3", "b1"]), ("B", [])]),
        ("down", "a1", [("A", ["a2", "a1", "a3"]), ("B", ["b1"])]),
        ("down", "a3", [("A", ["a1", "a2"]), ("B", ["a3", "b1"])]),
        ("down", "b1", START),
    ],
)
def test_lessons_go_up_and_down_across_modules(author, course, outline, action, title, expected):
    do(author, course, action, lesson(title))

    assert shape(course) == expected


@pytest.mark.parametrize("action", ["module_up", "module_down"])
def test_modules_go_up_and_down(author, course, outline, action):
    do(author, course, action, module("B" if action == "module_up" else "A"))

    assert [title for title, _lessons in shape(course)] == ["B", "A"]


@pytest.mark.parametrize(
    ("position", "expected"), [("1", ["a1", "b1"]), ("2", ["b1", "a1"]), ("", ["b1", "a1"])]
)
def test_a_lesson_moves_to_a_place_of_another_module(author, course, outline, position, expected):
    do(author, course, "move", lesson("a1"), to=module("B").pk, position=position)

    assert shape(course) == [("A", ["a2", "a3"]), ("B", expected)]


def test_many_lessons_move_at_once_in_their_order(author, course, outline):
    chosen = [lesson("a3").pk, lesson("a1").pk]

    do(author, course, "move", to=module("B").pk, lesson=chosen)

    assert shape(course) == [("A", ["a2"]), ("B", ["b1", "a1", "a3"])]


def test_many_lessons_are_trashed_hidden_and_published_at_once(author, course, outline):
    chosen = [lesson("a1").pk, lesson("a2").pk]

    do(author, course, "hide", lesson=chosen)
    assert set(Lesson.objects.filter(is_draft=True).values_list("pk", flat=True)) == set(chosen)
    do(author, course, "publish", lesson=chosen)
    assert not Lesson.objects.filter(is_draft=True).exists()
    do(author, course, "completion", lesson=chosen, completion="viewed")
    assert Lesson.objects.filter(completion="viewed").count() == 2
    do(author, course, "trash", lesson=chosen)

    assert shape(course) == [("A", ["a3"]), ("B", ["b1"])]


def test_what_is_trashed_comes_back_to_its_place(author, course, outline):
    do(author, course, "trash", lesson("a2"))
    assert shape(course) == [("A", ["a1", "a3"]), ("B", ["b1"])]
    assert "restore" in author.get(address(course)).content.decode()

    do(author, course, "restore", lesson("a2"))
    do(author, course, "trash_module", module("A"))
    do(author, course, "restore_module", module("A"))

    assert shape(course) == START


def test_an_action_offers_undo(author, course, outline):
    assert "/undo/" in do(author, course, "trash", lesson("a2"))


def test_a_lesson_is_renamed_in_its_draft_and_shown_so(author, course, outline):
    do(author, course, "rename", lesson("a1"), title="Ground", revision="0")

    assert LessonDraft.objects.get().changes == {"title": "Ground"}
    page = author.get(address(course)).content.decode()
    assert "Ground" in page
    assert "Changes wait" in page


def test_renaming_what_somebody_else_renamed_is_refused(author, course, outline):
    do(author, course, "rename", lesson("a1"), title="Ground", revision="0")

    said = do(author, course, "rename", lesson("a1"), title="Earth", revision="0")

    assert said == "Somebody else changed this meanwhile."
    assert LessonDraft.objects.get().changes == {"title": "Ground"}


def test_module_is_renamed_and_described(author, course, outline):
    do(author, course, "rename_module", module("A"), title="Ground", description="Stones.")

    assert module("Ground").description == "Stones."


def test_copies_stand_behind_what_they_come_from(author, course, outline):
    do(author, course, "copy", lesson("a1"))
    do(author, course, "copy_module", module("B"))

    assert shape(course) == [
        ("A", ["a1", "a1 (copy)", "a2", "a3"]),
        ("B", ["b1"]),
        ("B (copy)", ["b1"]),
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"do": "add_module", "title": " "}, "A title is needed."),
        ({"do": f"up:{uuid4()}"}, "This is not there any more."),
        ({"do": "up:nonsense"}, "This is not there any more."),
        ({"do": "trash"}, "Choose at least one lesson."),
        ({"do": "trash", "lesson": ["\0", str(uuid4())]}, "Choose at least one lesson."),
        ({"do": f"add_lesson:{uuid4()}", "title": "x"}, "This is not there any more."),
        ({"do": "nonsense"}, ""),
        ({}, ""),
    ],
)
def test_nonsense_is_refused_in_words(author, course, outline, fields, said):
    response = author.post(address(course), fields)

    assert response.status_code == 302
    assert " ".join(map(str, get_messages(response.wsgi_request))) == said
    assert shape(course) == START


@pytest.mark.parametrize("title", ["A\0", "x" * 300])
def test_titles_that_cannot_be_stored_are_refused(author, course, outline, title):
    assert do(author, course, "add_module", title=title)
    assert shape(course) == START


def test_completion_after_some_time_needs_its_own_page(author, course, outline):
    chosen = [lesson("a1").pk]

    said = do(author, course, "completion", lesson=chosen, completion="time")

    assert said == "Choose when the lessons are complete."


def test_parts_of_other_courses_are_not_there(author, course, outline):
    other = LessonFactory()

    for action, part in [("up", other), ("trash", other), ("trash_module", other.module)]:
        do(author, course, action, part)
    do(author, course, "move", lesson("a1"), to=other.module.pk)

    assert not Lesson.objects.exclude(deleted_at=None).exists()
    assert shape(course) == START


def test_publishing_needs_its_own_permission(client, course, outline):
    role = RoleFactory(permissions=[Permission.COURSE_EDIT])
    client.force_login(RoleAssignmentFactory(course=course, role=role).user)
    target = address(course)

    for action in ("publish", "hide"):
        answer = client.post(target, {"do": f"{action}:{lesson('a1').pk}"})
        assert answer.status_code == 403
    assert 'value="publish"' not in client.get(target).content.decode()
    assert client.post(target, {"do": f"trash:{lesson('a1').pk}"}).status_code == 302


def test_others_are_told_that_there_is_no_such_course(client, course, outline):
    for person in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(person)
        assert client.get(address(course)).status_code == 404
        assert client.post(address(course), {"do": "add_module", "title": "X"}).status_code == 404
    assert shape(course) == START


def test_rows_say_how_lessons_stand(author, course, outline, settings):
    Lesson.objects.filter(title="a1").update(is_draft=True, is_preview=True)
    Lesson.objects.filter(title="a2").update(opens_after_days=3, completion="viewed")
    LessonItemFactory(lesson=lesson("a3"), position=1)

    page = author.get(address(course)).content.decode()

    rows = dict(zip(("a1", "a2", "a3", "b1"), page.split('class="part-row"')[1:], strict=True))
    assert all(word in rows["a1"] for word in ("Not published", "Preview", "Empty"))
    assert all(word in rows["a2"] for word in ("Opens after 3 days", "complete once opened"))
    assert "Empty" not in rows["a3"]


def test_titles_are_escaped(author, course):
    ModuleFactory(course=course, title="<b>A", position=1)
    LessonFactory(module=module("<b>A"), title="<i>a", position=1)

    page = author.get(address(course)).content.decode()

    assert "<b>A" not in page
    assert "<i>a" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(author, course, django_assert_num_queries, count):
    for place in range(1, count + 1):
        each = ModuleFactory(course=course, position=place)
        LessonFactory.create_batch(count, module=each)
        LessonFactory(module=each, deleted_at=course.created_at)
    author.get(address(course))

    with django_assert_num_queries(9):  # two of them for the savepoint of the test's client
        author.get(address(course))


@pytest.mark.parametrize("kind", ["lesson", "module"])
def test_page_of_a_part_offers_what_can_be_done(author, course, outline, kind):
    part = lesson("a1") if kind == "lesson" else module("A")

    page = author.get(reverse("content:studio_part", args=[course.slug, kind, part.pk]))

    ending = "" if kind == "lesson" else "_module"
    for action in ("rename", "copy", "publish", "hide", "trash"):
        assert f'value="{action}{ending}:{part.pk}"' in page.content.decode()


@pytest.mark.parametrize("kind", ["lesson", "course", "x"])
def test_page_of_a_part_that_is_not_there(author, course, outline, kind):
    url = reverse("content:studio_part", args=[course.slug, kind, uuid4()])

    assert author.get(url).status_code == 404


def test_a_change_that_people_would_feel_asks_first(author, course, outline, monkeypatch):
    from courses import impact  # noqa: PLC0415 -- as the test replaces what it measures

    Course.objects.filter(pk=course.pk).update(status="published", published_at=course.created_at)
    told = [impact.Effect("Ada loses a lesson.")]
    impact.register("test", lambda course, now: Lesson.objects.live().count(), lambda *_: told)
    try:
        url, fields = address(course), {"do": f"trash:{lesson('a1').pk}"}
        question = author.post(url, fields)
        assert "Ada loses a lesson." in question.content.decode()
        assert shape(course) == START

        author.post(url, fields | {"impact_confirmed": "yes"})
        assert shape(course) == [("A", ["a2", "a3"]), ("B", ["b1"])]
    finally:
        impact.unregister("test")
