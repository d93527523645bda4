"""Earlier versions: listed, looked at, compared, brought back as drafts, and never lost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import ContentVersion, ItemDraft, Lesson, LessonDraft, LessonVersion
from content.services import items, outline
from content.services.publishing import edit_lesson, publish_lesson, save_item_draft
from content.tests.test_studio_publish import lesson_in
from courses.models import CourseDraft, CourseVersion
from courses.services.drafts import edit_course, publish_course_draft
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

WHO = {"by": None, "now": timezone.now()}


@pytest.fixture
def live(organization, client):
    course = CourseFactory(published=True, title="Git", summary="Old summary")
    client.force_login(course.owner)
    return course


@pytest.fixture
def lesson(live):
    """A lesson in two versions: its title and its text changed."""
    lesson, item = lesson_in(live, "First", body="Old words.")
    publish_lesson(lesson, **WHO)
    edit_lesson(lesson, revision=0, title="First, better", **WHO)
    save_item_draft(item, revision=0, body="New words.", **WHO)
    publish_lesson(lesson, note="Clearer", **WHO)
    return Lesson.objects.get(pk=lesson.pk)


def address(course, kind, thing, number=None):
    if number is None:
        return reverse("content:studio_versions_of", args=[course.slug, kind, thing.pk])
    return reverse("content:studio_version", args=[course.slug, kind, thing.pk, number])


def test_lists_tell_number_and_note(live, lesson, client):
    item = lesson.items.get().item

    page = client.get(address(live, "lesson", lesson)).content.decode()
    assert "Version 2" in page
    assert "Clearer" in page
    assert "Version 2" in client.get(address(live, "item", item)).content.decode()


def test_pages_of_a_lesson_and_an_item_lead_to_their_versions(live, lesson, client):
    item = lesson.items.get().item
    of_lesson = reverse("content:studio_lesson", args=[live.slug, lesson.pk])
    of_item = reverse("content:studio_item", args=[live.slug, lesson.pk, item.pk])

    assert address(live, "lesson", lesson) in client.get(of_lesson).content.decode()
    assert address(live, "item", item) in client.get(of_item).content.decode()


def test_version_is_shown_as_students_saw_it_and_compared(live, lesson, client):
    item = lesson.items.get().item

    page = client.get(address(live, "lesson", lesson, 1)).content.decode()
    assert "Old words." in page
    assert "New words." not in page

    page = client.get(address(live, "lesson", lesson, 2), {"with": "1"}).content.decode()
    assert "<del>First</del> → <ins>First, better</ins>" in page
    assert "<del>Old words.</del> → <ins>New words.</ins>" in page
    page = client.get(address(live, "item", item, 1), {"with": "2"}).content.decode()
    assert "<del>Old words.</del> → <ins>New words.</ins>" in page


def test_course_versions_hold_words_and_outline(live, client):
    edit_course(live.pk, revision=0, summary="New summary", **WHO)
    lesson_in(live, "Added")
    publish_course_draft(live.pk, **WHO)
    numbers = list(CourseVersion.objects.order_by("number").values_list("number", flat=True))

    page = client.get(address(live, "course", live, 2), {"with": "1"}).content.decode()

    assert numbers == [1, 2]
    assert "<del>Old summary</del> → <ins>New summary</ins>" in page
    assert "Version 2" in client.get(
        reverse("content:studio_versions", args=[live.slug])
    ).content.decode()  # fmt: skip


def test_restored_item_is_a_draft_and_no_version_is_lost(live, lesson, client):
    item = lesson.items.get().item
    before = set(ContentVersion.objects.values_list("pk", "body"))

    response = client.post(address(live, "item", item, 1), {"revision": "0"})

    assert response.status_code == 302
    assert ItemDraft.objects.get().body == "Old words."
    assert set(ContentVersion.objects.values_list("pk", "body")) == before
    publish_lesson(lesson, **WHO)
    assert list(ContentVersion.objects.order_by("number").values_list("body", flat=True)) == [
        "Old words.",
        "New words.",
        "Old words.",
    ]


def test_restored_lesson_brings_words_and_texts_back_and_names_what_is_gone(live, lesson, client):
    gone = items.add_item(kind="text", title="Gone", **WHO)
    entry = items.put_in_lesson(lesson, gone, **WHO)
    items.save_version(gone, body="Bye.", **WHO)
    publish_lesson(lesson, **WHO)
    items.take_from_lesson(entry, **WHO)
    edit_lesson(lesson, revision=0, title="Third title", **WHO)
    publish_lesson(lesson, **WHO)
    count = LessonVersion.objects.count()

    response = client.post(address(live, "lesson", lesson, 3), {"revision": "0"}, follow=True)

    assert "Not in the lesson any more: Gone." in response.content.decode()
    assert LessonDraft.objects.get().changes == {"title": "First, better"}
    assert LessonVersion.objects.count() == count


def test_restored_course_words_wait_in_its_draft(live, client):
    edit_course(live.pk, revision=0, summary="New summary", **WHO)
    publish_course_draft(live.pk, **WHO)

    client.post(address(live, "course", live, 1), {"revision": "0"})

    assert CourseDraft.objects.get().changes == {"summary": "Old summary"}


def test_draft_that_somebody_else_saved_is_not_overwritten(live, lesson, client):
    item = lesson.items.get().item
    save_item_draft(item, revision=0, body="In progress.", **WHO)

    response = client.post(address(live, "item", item, 1), {"revision": "0"})

    assert response.status_code == 409
    assert ItemDraft.objects.get().body == "In progress."
    client.post(address(live, "item", item, 1), {"revision": "1"})
    assert ItemDraft.objects.get().body == "Old words."


def test_lesson_in_the_trash_keeps_its_versions_but_brings_none_back(live, lesson, client):
    outline.trash_part(lesson, **WHO)

    assert client.get(address(live, "lesson", lesson, 1)).status_code == 200


def test_versions_of_other_courses_and_of_nothing_are_not_there(live, lesson, client):
    other = CourseFactory(published=True, owner=live.owner)
    item = lesson.items.get().item

    for url in (
        address(other, "lesson", lesson),
        address(other, "item", item),
        address(other, "course", live),
        address(live, "lesson", lesson, 9),
        address(live, "thing", lesson),
        address(live, "item", lesson),
    ):
        assert client.get(url).status_code == 404
    assert client.get(address(live, "lesson", lesson, 1), {"with": "\x00"}).status_code == 200
    client.force_login(UserFactory(instructor=True))
    assert client.get(address(live, "lesson", lesson)).status_code == 404


def test_huge_number_is_no_version(live, lesson, client):
    url = address(live, "lesson", lesson, 1).removesuffix("1/") + "9" * 30 + "/"

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_few_and_many(
    live, lesson, client, count, django_assert_num_queries
):
    for number in range(count):
        edit_lesson(lesson, revision=0, title=f"T{number}", **WHO)
        publish_lesson(lesson, **WHO)
    client.get(address(live, "lesson", lesson))

    with django_assert_num_queries(8):
        client.get(address(live, "lesson", lesson))
