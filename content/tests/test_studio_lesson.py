"""The page of a lesson for those who write it."""

from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from content.models import ContentItem, Lesson, LessonDraft
from content.services import items, publishing
from content.tests.factories import (
    ContentItemFactory,
    LessonFactory,
    LessonItemFactory,
    ModuleFactory,
)
from courses.tests.factories import CourseFactory, RoleAssignmentFactory, RoleFactory
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def lesson(organization):
    return LessonFactory(module=ModuleFactory(position=1), title="Stones", position=1)


@pytest.fixture
def author(client, lesson):
    client.force_login(lesson.course.owner)
    return client


def address(lesson, page="studio_lesson"):
    return reverse(f"content:{page}", args=[lesson.course.slug, lesson.pk])


def words(**changed):
    return {"title": "Stones", "summary": "", "duration_minutes": "", "revision": "0"} | changed


def show(lesson, *titles):
    """Items of these titles in the lesson, in this order."""
    return [_entry(lesson, place, title) for place, title in enumerate(titles, 1)]


def _entry(lesson, place, title):
    entry = LessonItemFactory(lesson=lesson, position=place)
    ContentItem.objects.filter(pk=entry.item_id).update(title=title)
    return entry


def order(lesson):
    entries = lesson.items.select_related("item").order_by("position")
    assert [entry.position for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.item.title for entry in entries]


def do(author, lesson, action, entry=None, **fields):
    name = action if entry is None else f"{action}:{entry.pk}"
    response = author.post(address(lesson), {"do": name} | fields)
    assert response.status_code == 302, response.content
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


def test_words_of_a_published_lesson_wait_in_its_draft(author, lesson):
    author.post(address(lesson), words(title="Rocks", duration_minutes="5", is_preview="on"))

    changes = {"title": "Rocks", "duration_minutes": 5, "is_preview": True}
    assert LessonDraft.objects.get().changes == changes
    assert Lesson.objects.get().title == "Stones"
    page = author.get(address(lesson)).content.decode()
    assert 'value="Rocks"' in page
    assert "Changed words wait" in page


def test_words_of_a_new_lesson_are_saved_at_once(author, lesson):
    Lesson.objects.update(is_draft=True)

    author.post(address(lesson), words(title="Rocks"))

    assert Lesson.objects.get().title == "Rocks"
    assert not LessonDraft.objects.exists()


def test_a_script_is_told_the_revision_and_the_time(author, lesson):
    answer = author.post(address(lesson), words(title="Rocks"), headers=JSON)

    assert answer.json()["revision"] == 1
    assert len(answer.json()["saved_at"]) == len("12:03:04")


def test_a_script_is_told_what_is_wrong(author, lesson):
    answer = author.post(address(lesson), words(title=""), headers=JSON)

    assert answer.status_code == 422
    assert "title" in answer.json()["errors"]


@pytest.mark.parametrize("headers", [{}, JSON])
def test_the_second_save_shows_the_difference_and_loses_nothing(author, lesson, headers):
    other = UserFactory(instructor=True, first_name="Tomas")
    publishing.edit_lesson(
        lesson, revision=0, title="Pebbles", by=other, now=timezone.now(), summary="Small."
    )

    answer = author.post(address(lesson), words(title="Rocks"), headers=headers)

    assert answer.status_code == 409
    shown = answer.json()["html"] if headers else answer.content.decode()
    assert all(word in shown for word in ("Tomas", "Pebbles", "Rocks", "Small."))
    assert LessonDraft.objects.get().changes == {"title": "Pebbles", "summary": "Small."}

    author.post(address(lesson), words(title="Rocks", revision="1"))
    assert LessonDraft.objects.get().changes == {"title": "Rocks"}


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " "},
        {"title": "A\0"},
        {"title": "x" * 300},
        {"summary": "x" * 501},
        {"duration_minutes": "0"},
        {"duration_minutes": "9" * 30},
        {"revision": "9" * 30},
        {"revision": "x"},
    ],
)
def test_words_that_cannot_be_are_refused_beside_the_field(author, lesson, fields):
    answer = author.post(address(lesson), words(**fields))

    assert answer.status_code == 200
    assert not LessonDraft.objects.exists()


def test_changed_words_can_be_thrown_away(author, lesson):
    author.post(address(lesson), words(title="Rocks"))

    do(author, lesson, "discard", revision="1")

    assert not LessonDraft.objects.exists()


@pytest.mark.parametrize("kind", ContentItem.Kind.values)
def test_a_new_item_is_put_at_the_end_and_opened(author, lesson, kind):
    show(lesson, "One")

    answer = author.post(address(lesson), {"do": "add", "kind": kind})

    added = lesson.items.get(position=2).item
    assert added.kind == kind
    assert answer["Location"].endswith(f"/items/{added.pk}/")


@pytest.mark.parametrize(
    ("action", "place", "fields", "expected"),
    [
        ("up", 1, {}, "BAC"),
        ("up", 0, {}, "ABC"),
        ("down", 0, {}, "BAC"),
        ("down", 2, {}, "ABC"),
        ("move_item", 0, {"position": "3"}, "BCA"),
        ("move_item", 2, {"position": "1"}, "CAB"),
        ("move_item", 2, {"position": "99"}, "ABC"),
        ("take_out", 1, {}, "AC"),
    ],
)
def test_items_are_sorted_and_taken_out(author, lesson, action, place, fields, expected):
    entries = show(lesson, "A", "B", "C")

    do(author, lesson, action, entries[place], **fields)

    assert order(lesson) == list(expected)


def test_what_is_taken_out_stays_in_the_library(author, lesson):
    [entry] = show(lesson, "A")

    do(author, lesson, "take_out", entry)

    assert ContentItem.objects.filter(title="A", deleted_at=None).exists()


def test_an_item_is_duplicated(author, lesson):
    entries = show(lesson, "A", "B")

    do(author, lesson, "copy", entries[0])

    assert order(lesson) == ["A", "A (copy)", "B"]


def test_a_version_is_pinned_and_let_go(author, lesson):
    [entry] = show(lesson, "A")
    items.save_version(entry.item, body="New.", by=None, now=timezone.now())

    do(author, lesson, "pin", entry, version="1")
    entry.refresh_from_db()
    assert entry.pinned_version.number == 1
    assert do(author, lesson, "pin", entry, version="7") == "There is no such version."
    do(author, lesson, "pin", entry, version="")

    entry.refresh_from_db()
    assert entry.pinned_version is None


def test_lesson_is_published_hidden_and_trashed(author, lesson):
    author.post(address(lesson), words(title="Rocks"))
    do(author, lesson, "publish")
    assert Lesson.objects.get().title == "Rocks"
    do(author, lesson, "hide")
    assert Lesson.objects.get().is_draft
    do(author, lesson, "trash")

    assert Lesson.objects.get().deleted_at is not None
    assert author.get(address(lesson)).status_code == 404


def test_an_unfinished_item_is_named_when_it_is_published(author, lesson):
    item = items.add_item(kind="video", title="Film", by=None, now=timezone.now())
    items.put_in_lesson(lesson, item, by=None, now=timezone.now())
    publishing.save_item_draft(item, revision=0, title="Film", by=None, now=timezone.now())

    assert "Choose a video." in do(author, lesson, "publish")


def test_publishing_needs_its_own_permission(client, lesson):
    role = RoleFactory(permissions=[Permission.COURSE_EDIT])
    client.force_login(RoleAssignmentFactory(course=lesson.course, role=role).user)

    for action in ("publish", "hide"):
        assert client.post(address(lesson), {"do": action}).status_code == 403
    assert 'value="publish"' not in client.get(address(lesson)).content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"do": "up"},
        {"do": "up:nonsense"},
        {"do": f"take_out:{uuid4()}"},
        {"do": "add", "kind": "nonsense"},
        {"do": "add", "kind": "text\0"},
        {"do": "nonsense"},
    ],
)
def test_nonsense_changes_nothing(author, lesson, fields):
    show(lesson, "A", "B")

    assert author.post(address(lesson), fields).status_code == 302
    assert order(lesson) == ["A", "B"]


def test_items_of_other_lessons_are_not_there(author, lesson):
    other = LessonItemFactory()

    said = do(author, lesson, "take_out", other)

    assert said == "This is not there any more."
    assert other.lesson.items.exists()


def test_content_is_picked_from_what_one_works_on(author, lesson):
    mine = ContentItemFactory(title="Mine", owner=lesson.course.owner)
    theirs = ContentItemFactory(title="Theirs", owner=UserFactory(instructor=True))
    url = address(lesson, "studio_lesson_pick")

    page = author.get(url).content.decode()
    assert "Mine" in page
    assert "Theirs" not in page
    for item in (theirs.pk, "nonsense", "", mine.pk):
        assert author.post(url, {"item": item}).status_code == 302

    assert order(lesson) == ["Mine"]


@pytest.mark.parametrize("query", ["?q=%00", "?cursor=x", "?kind=x", "?q=Mi&kind=text"])
def test_picking_takes_any_address(author, lesson, query):
    ContentItemFactory(title="Mine", owner=lesson.course.owner)

    assert author.get(address(lesson, "studio_lesson_pick") + query).status_code == 200


@pytest.mark.parametrize("page", ["studio_lesson", "studio_lesson_pick"])
def test_others_are_told_that_there_is_no_such_lesson(client, lesson, page):
    for person in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(person)
        assert client.get(address(lesson, page)).status_code == 404


def test_lessons_of_other_courses_and_of_the_trash_are_not_there(author, lesson):
    url = reverse("content:studio_lesson", args=[lesson.course.slug, LessonFactory().pk])
    assert author.get(url).status_code == 404

    lesson.module.deleted_at = timezone.now()
    lesson.module.save()
    assert author.get(address(lesson)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(author, lesson, django_assert_num_queries, count):
    show(lesson, *"ABC"[:count])
    author.get(address(lesson))

    with django_assert_num_queries(9):  # two of them for the savepoint of the test's client
        author.get(address(lesson))


def test_a_course_without_edit_right_is_as_if_it_were_not(client, lesson):
    course = CourseFactory(published=True)
    client.force_login(lesson.course.owner)
    url = reverse("content:studio_lesson", args=[course.slug, lesson.pk])

    assert client.get(url).status_code == 404
