"""Words wait in a draft until they are published; what was published is kept."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from content.models import ItemDraft, LessonDraft, LessonVersion
from content.outline import outline_of
from content.rendering import render_lesson
from content.services import items, outline, publishing
from content.services.items import ContentRefused
from content.services.outline import OutlineRefused
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses import services as course_services
from courses.errors import NotReady
from courses.services.drafting import DraftChanged
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


pytestmark = pytest.mark.usefixtures("organization")


def a_shown_item(body="First words."):
    """A lesson that shows an item, published."""
    item = items.add_item(kind="text", title="Trees", **WHO)
    items.save_version(item, body=body, **WHO)
    lesson = LessonFactory()
    items.put_in_lesson(lesson, item, **WHO)
    return lesson, item


def seen(lesson):
    return str(render_lesson(lesson.pk))


def test_a_draft_of_an_item_is_not_shown_until_it_is_published():
    lesson, item = a_shown_item()

    draft = publishing.save_item_draft(item, revision=0, body="Second words.", **WHO)
    assert "First words." in seen(lesson)
    assert (draft.revision, draft.base_number, draft.title) == (1, 1, "Trees")

    saved = publishing.publish_item(item, revision=1, **WHO)
    assert saved.version.number == 2
    assert "Second words." in seen(lesson)
    assert not ItemDraft.objects.exists()


def test_the_draft_of_somebody_else_is_not_overwritten():
    _lesson, item = a_shown_item()
    publishing.save_item_draft(item, revision=0, body="Hers.", **WHO)

    for revision in (0, 2):
        with pytest.raises(DraftChanged) as refused:
            publishing.save_item_draft(item, revision=revision, body="His.", **WHO)
        assert refused.value.draft.body == "Hers."
    with pytest.raises(DraftChanged):
        publishing.publish_item(item, revision=0, **WHO)
    with pytest.raises(DraftChanged):
        publishing.discard_item_draft(item, revision=0, **WHO)
    assert publishing.save_item_draft(item, revision=1, body="Ours.", **WHO).revision == 2


def test_saving_what_the_draft_says_writes_nothing():
    _lesson, item = a_shown_item()
    first = publishing.save_item_draft(item, revision=0, body="Same.", **WHO)

    again = publishing.save_item_draft(item, revision=1, body="Same.", **WHO)

    assert (again.revision, again.updated_at) == (first.revision, first.updated_at)


def test_a_discarded_draft_leaves_what_was_published():
    lesson, item = a_shown_item()
    publishing.save_item_draft(item, revision=0, body="No.", **WHO)

    publishing.discard_item_draft(item, revision=1, **WHO)
    publishing.discard_item_draft(item, revision=1, **WHO)

    assert publishing.publish_item(item, **WHO) is None
    assert "First words." in seen(lesson)


def test_an_item_that_was_never_published_is_not_in_the_page():
    lesson = LessonFactory()
    item = items.add_item(kind="image", title="A stone", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    publishing.save_item_draft(item, revision=0, caption="Soon", **WHO)

    assert seen(lesson) == ""
    with pytest.raises(ContentRefused, match="Choose a file"):
        publishing.publish_item(item, **WHO)
    assert ItemDraft.objects.get().caption == "Soon"


def test_a_draft_has_a_title():
    _lesson, item = a_shown_item()

    with pytest.raises(ContentRefused, match="title"):
        publishing.save_item_draft(item, revision=0, title=" ", **WHO)
    with pytest.raises(TypeError):
        publishing.save_item_draft(item, revision=0, html="<b>", **WHO)


def test_words_of_a_published_lesson_wait():
    lesson, _item = a_shown_item()

    draft = publishing.edit_lesson(lesson, revision=0, title="Rivers", **WHO)
    lesson.refresh_from_db()
    assert (lesson.title == "Rivers", draft.changes) == (False, {"title": "Rivers"})

    publishing.publish_lesson(lesson, **WHO)
    lesson.refresh_from_db()
    assert lesson.title == "Rivers"
    assert not LessonDraft.objects.exists()


def test_words_of_a_lesson_that_is_a_draft_are_changed_at_once():
    lesson = outline.add_lesson(ModuleFactory(), title="Old", is_draft=True, **WHO)

    assert publishing.edit_lesson(lesson, revision=0, title="New", **WHO) is None

    lesson.refresh_from_db()
    assert lesson.title == "New"
    assert not LessonVersion.objects.exists()


def test_words_as_they_were_leave_the_draft():
    lesson, _item = a_shown_item()
    former = lesson.title
    publishing.edit_lesson(lesson, revision=0, title="Rivers", summary="Wet.", **WHO)

    kept = publishing.edit_lesson(lesson, revision=1, title=former, **WHO)
    assert kept.changes == {"summary": "Wet."}
    assert publishing.edit_lesson(lesson, revision=2, summary="", **WHO) is None
    assert not LessonDraft.objects.exists()


def test_the_draft_of_a_lesson_is_not_overwritten():
    lesson, _item = a_shown_item()
    publishing.edit_lesson(lesson, revision=0, title="Hers", **WHO)

    with pytest.raises(DraftChanged):
        publishing.edit_lesson(lesson, revision=0, title="His", **WHO)
    with pytest.raises(DraftChanged):
        publishing.discard_lesson_draft(lesson, revision=0, **WHO)
    with pytest.raises(TypeError):
        publishing.edit_lesson(lesson, revision=1, completion="viewed", **WHO)
    with pytest.raises(OutlineRefused):
        publishing.edit_lesson(lesson, revision=1, title="", **WHO)


def test_students_do_not_see_a_new_lesson_until_it_is_published():
    course = CourseFactory(published=True)
    module = outline.add_module(course, title="Start", is_draft=True, **WHO)
    lesson = outline.add_lesson(module, title="Hello", is_draft=True, **WHO)
    course.refresh_from_db()
    assert outline_of(course).modules == ()

    publishing.publish_lesson(lesson, **WHO)
    course.refresh_from_db()
    assert [entry.title for entry in outline_of(course).lessons] == ["Hello"]

    publishing.withdraw_part(lesson, **WHO)
    course.refresh_from_db()
    assert outline_of(course).lessons == ()


def test_every_published_state_of_a_lesson_is_kept_once():
    lesson, item = a_shown_item()
    by = UserFactory()

    publishing.save_item_draft(item, revision=0, body="Second words.", by=by, now=NOW)
    publishing.publish_lesson(lesson, by=by, now=NOW, note="Better")
    publishing.publish_lesson(lesson, by=by, now=NOW)

    before, after = LessonVersion.objects.order_by("number")
    assert [entry["version"] for entry in before.snapshot["items"]] == [1]
    assert [entry["version"] for entry in after.snapshot["items"]] == [2]
    assert (before.created_by, after.created_by, after.note) == (None, by, "Better")


def test_a_version_is_never_changed():
    lesson, _item = a_shown_item()
    version = publishing.keep_lesson_version(lesson, **WHO)
    version.snapshot = {"title": "Another"}

    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        version.save()


def test_a_lesson_in_the_trash_is_not_published():
    lesson, _item = a_shown_item()
    outline.trash_part(lesson, **WHO)

    with pytest.raises(OutlineRefused, match="in the trash"):
        publishing.publish_lesson(lesson, **WHO)


def test_publishing_a_course_publishes_all_that_waits():
    course = CourseFactory()
    module = outline.add_module(course, title="Start", is_draft=True, **WHO)
    lesson = outline.add_lesson(module, title="Hello", is_draft=True, **WHO)
    item = items.add_item(kind="text", title="Text", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    publishing.save_item_draft(item, revision=0, body="Good morning.", **WHO)
    assert list(publishing.waiting_lessons(course)) == [lesson]

    course_services.publish_course(course.pk, **WHO)

    course.refresh_from_db()
    assert [entry.title for entry in outline_of(course).lessons] == ["Hello"]
    assert "Good morning." in seen(lesson)
    assert not publishing.waiting_lessons(course)
    [version] = course.versions.all()
    assert version.snapshot["outline"][0]["lessons"] == [{"id": str(lesson.pk), "title": "Hello"}]


def test_a_course_with_something_unfinished_is_not_published_by_half():
    course = CourseFactory()
    module = outline.add_module(course, title="Start", is_draft=True, **WHO)
    lesson = outline.add_lesson(module, title="Hello", is_draft=True, **WHO)
    item = items.add_item(kind="image", title="No picture yet", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    publishing.save_item_draft(item, revision=0, caption="Soon", **WHO)

    with pytest.raises(NotReady, match="Choose a file"):
        course_services.publish_course(course.pk, **WHO)

    lesson.refresh_from_db()
    course.refresh_from_db()
    assert (lesson.is_draft, course.status) == (True, "draft")


def test_what_is_hidden_inside_a_draft_module_waits_with_it():
    course = CourseFactory(published=True)
    shown = LessonItemFactory(lesson__module__course=course)
    assert not publishing.waiting_lessons(course)

    publishing.withdraw_part(shown.lesson.module, **WHO)

    assert list(publishing.waiting_lessons(course)) == [shown.lesson]
