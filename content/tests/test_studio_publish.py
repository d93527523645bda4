"""The page on which an author publishes: what waits, chosen parts, refusals, and the versions that are kept."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from content.models import ItemDraft, Lesson, LessonVersion
from content.services import items, outline
from content.services.publishing import edit_lesson, save_item_draft
from content.studio.waiting import waiting_in
from courses import preflight
from courses.models import Course, CourseDraft, CourseVersion
from courses.preflight import Finding, Level
from courses.services.drafts import edit_course
from courses.tests.factories import CourseFactory
from users.models import Permission

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


def lesson_in(course, title, *, body="Words.", is_draft=False):
    module = course.modules.first() or outline.add_module(course, title="One", **WHO)
    lesson = outline.add_lesson(module, title=title, is_draft=is_draft, **WHO)
    item = items.add_item(kind="text", title=f"Text of {title}", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    items.save_version(item, body=body, **WHO)
    return lesson, item


@pytest.fixture
def live(organization, client):
    """A published course of the person who is signed in, with two lessons."""
    course = CourseFactory(published=True)
    lesson_in(course, "First")
    lesson_in(course, "Second")
    client.force_login(course.owner)
    return course


def url(course):
    return reverse("content:studio_publish", args=[course.slug])


def page_of(client, course):
    return client.get(url(course)).content.decode()


def publish(client, course, **data):
    data.setdefault("stamp", waiting_in(course).stamp)
    return client.post(url(course), data)


def test_page_shows_words_items_and_new_lessons_with_their_differences(live, client):
    first, second = Lesson.objects.order_by("position")
    item = first.items.get().item
    edit_course(live.pk, revision=0, summary="Short and new", **WHO)
    edit_lesson(second, revision=0, title="Second, better", **WHO)
    save_item_draft(item, revision=0, body="Other words.", **WHO)
    lesson_in(live, "Third", is_draft=True)

    page = page_of(client, live)

    assert "<ins>Short and new</ins>" in page or "Short and new</dd>" in page
    assert "<del>Second</del> → <ins>Second, better</ins>" in page
    assert "<del>Words.</del> → <ins>Other words.</ins>" in page
    assert "New lesson" in page


def test_chosen_parts_alone_are_published_with_a_note(live, client):
    first, second = Lesson.objects.order_by("position")
    edit_lesson(first, revision=0, title="First, better", **WHO)
    edit_lesson(second, revision=0, title="Second, better", **WHO)
    edit_course(live.pk, revision=0, summary="New", **WHO)

    response = publish(client, live, lesson=[str(first.pk)], note="Typing errors")

    assert response.status_code == 302
    assert set(Lesson.objects.values_list("title", flat=True)) == {"First, better", "Second"}
    live.refresh_from_db()
    assert live.summary == ""
    assert list(LessonVersion.objects.filter(lesson=first).values_list("note", flat=True)) == [
        "Typing errors",
        "",
    ]
    assert CourseVersion.objects.latest("number").note == "Typing errors"


def test_words_are_published_when_ticked(live, client):
    edit_course(live.pk, revision=0, summary="New", **WHO)

    publish(client, live, words="on")

    live.refresh_from_db()
    assert live.summary == "New"
    assert not CourseDraft.objects.exists()


def test_words_and_lessons_together_make_one_version(live, client):
    first = Lesson.objects.order_by("position").first()
    edit_lesson(first, revision=0, title="First, better", **WHO)
    edit_course(live.pk, revision=0, summary="New", **WHO)

    publish(client, live, words="on", lesson=[str(first.pk)], note="Both")

    assert list(CourseVersion.objects.order_by("number").values_list("note", flat=True)) == [
        "",
        "Both",
    ]


def test_publication_can_be_undone_and_loses_no_text(live, client):
    first = Lesson.objects.order_by("position").first()
    item = first.items.get().item
    edit_lesson(first, revision=0, title="First, better", **WHO)
    save_item_draft(item, revision=0, body="Other words.", **WHO)
    edit_course(live.pk, revision=0, summary="New", **WHO)

    answer = client.post(
        url(live),
        {"stamp": waiting_in(live).stamp, "words": "on", "lesson": [str(first.pk)]},
        follow=True,
    )
    undo = re.search(r'href="(/[^"]*undo[^"]*)"', answer.content.decode())[1]
    client.post(undo)

    live.refresh_from_db()
    first.refresh_from_db()
    item.refresh_from_db()
    assert (live.summary, first.title) == ("", "First")
    assert item.current_version.body == "Words."
    assert item.versions.filter(body="Other words.").exists()
    assert LessonVersion.objects.filter(snapshot__title="First, better").exists()
    assert CourseVersion.objects.filter(snapshot__words__summary="New").exists()


def test_what_was_saved_after_the_look_is_not_published(live, client):
    first = Lesson.objects.order_by("position").first()
    item = first.items.get().item
    save_item_draft(item, revision=0, body="Seen.", **WHO)
    seen = waiting_in(live).stamp
    save_item_draft(item, revision=1, body="Not seen.", **WHO)

    response = publish(client, live, stamp=seen, lesson=[str(first.pk)])

    assert response.status_code == 422
    assert "Look at it again" in response.content.decode()
    assert ItemDraft.objects.count() == 1


def test_error_keeps_everything_from_being_published_and_leads_to_its_place(live, client):
    first, second = Lesson.objects.order_by("position")
    edit_lesson(first, revision=0, title="First, better", **WHO)
    item = items.add_item(kind="image", title="Picture", **WHO)
    items.put_in_lesson(second, item, **WHO)
    save_item_draft(item, revision=0, caption="No file yet", **WHO)

    response = publish(client, live, lesson=[str(first.pk), str(second.pk)])

    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()
    assert set(Lesson.objects.values_list("title", flat=True)) == {"First", "Second"}
    assert not LessonVersion.objects.filter(note__gt="").exists()


def test_unfinished_part_that_is_not_chosen_keeps_nothing_back(live, client):
    first, second = Lesson.objects.order_by("position")
    edit_lesson(first, revision=0, title="First, better", **WHO)
    item = items.add_item(kind="image", title="Picture", **WHO)
    items.put_in_lesson(second, item, **WHO)
    save_item_draft(item, revision=0, caption="No file yet", **WHO)

    assert publish(client, live, lesson=[str(first.pk)]).status_code == 302
    assert Lesson.objects.filter(title="First, better").exists()


def test_registered_error_blocks_the_page_the_service_and_the_first_publication(
    live, client, organization
):
    first = Lesson.objects.order_by("position").first()
    edit_lesson(first, revision=0, title="First, better", **WHO)
    preflight.register("test", lambda course: [Finding(Level.ERROR, "test", "Not now.")])
    try:
        response = publish(client, live, lesson=[str(first.pk)])
        draft = CourseFactory(owner=live.owner)
        lesson_in(draft, "Other")
        other = publish(client, draft)
    finally:
        preflight.unregister("test")

    assert response.status_code == other.status_code == 422
    assert "Not now." in response.content.decode()
    assert not Lesson.objects.filter(title="First, better").exists()
    draft.refresh_from_db()
    assert draft.status == Course.Status.DRAFT


def test_same_page_publishes_the_course(organization, client):
    course = CourseFactory()
    client.force_login(course.owner)
    lesson, _item = lesson_in(course, "First", is_draft=True)

    assert publish(client, course, note="The beginning").status_code == 302

    course.refresh_from_db()
    lesson.refresh_from_db()
    assert course.is_published
    assert not lesson.is_draft
    assert [version.note for version in course.versions.all()] == ["The beginning"]


def test_nothing_chosen_a_long_note_and_odd_values_are_refused(live, client):
    first = Lesson.objects.order_by("position").first()
    edit_lesson(first, revision=0, title="First, better", **WHO)

    for data in (
        {},
        {"lesson": ["no-uuid", "\x00"]},
        {"lesson": [str(first.pk)], "note": "x" * 201},
        {"lesson": [str(first.pk)], "note": "\x00"},
    ):
        assert publish(client, live, **data).status_code == 422
    assert not Lesson.objects.filter(title="First, better").exists()


def test_who_only_edits_looks_and_does_not_publish(live, client):
    from courses.tests.factories import RoleAssignmentFactory, RoleFactory  # noqa: PLC0415 -- one test
    from users.tests.factories import UserFactory  # noqa: PLC0415 -- one test

    editor = UserFactory(role="instructor")
    role = RoleFactory(permissions=[Permission.COURSE_EDIT])
    RoleAssignmentFactory(user=editor, role=role, course=live)
    edit_course(live.pk, revision=0, summary="New", **WHO)
    client.force_login(editor)

    page = client.get(url(live))

    assert page.status_code == 200
    assert "Publishing is for others to decide." in page.content.decode()
    assert publish(client, live, words="on").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_few_and_many(live, client, count, django_assert_num_queries):
    for number in range(count):
        lesson, item = lesson_in(live, f"L{number}", is_draft=True)
        save_item_draft(item, revision=0, body="New", **WHO)
    client.get(url(live))

    with django_assert_num_queries(16):
        client.get(url(live))
