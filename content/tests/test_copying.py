"""Copies of lessons, modules and items: alike, and apart from what they come from."""

import pytest
from django.utils import timezone

from content.models import ContentItem, ItemDraft, Lesson, LessonItem, MediaAsset
from content.services import copying, items, outline, publishing
from content.services.outline import OutlineRefused
from content.tests.factories import LessonFactory, ModuleFactory
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(organization):
    course = CourseFactory()
    return {"by": course.owner, "now": timezone.now()}


@pytest.fixture
def lesson(who):
    course = who["by"].owned_courses.get()
    return LessonFactory(
        module=ModuleFactory(course=course, title="Ground", position=1),
        title="Stones",
        position=1,
        completion=Lesson.Completion.TIME,
        completion_seconds=90,
        opens_after_days=2,
        summary="About stones.",
    )


def text_in(lesson, body, who, title="Text"):
    item = items.add_item(kind=ContentItem.Kind.TEXT, title=title, **who)
    items.save_version(item, body=body, **who)
    return items.put_in_lesson(lesson, item, **who)


def bodies(lesson):
    entries = lesson.items.select_related("item__current_version").order_by("position")
    return [entry.item.current_version.body for entry in entries]


def test_copy_of_a_lesson_says_the_same_and_waits(lesson, who):
    text_in(lesson, "One.", who)
    text_in(lesson, "Two.", who)

    copy = copying.copy_lesson(lesson, **who)

    assert (copy.title, copy.position, copy.is_draft) == ("Stones (copy)", 2, True)
    for name in outline.LESSON_FIELDS - {"title"}:
        assert getattr(copy, name) == getattr(lesson, name)
    assert bodies(copy) == ["One.", "Two."]
    assert copy.slug != lesson.slug


def test_what_is_written_in_a_copy_stays_there(lesson, who):
    text_in(lesson, "One.", who)
    copy = copying.copy_lesson(lesson, **who)

    items.save_version(copy.items.get().item, body="Other.", **who)

    assert bodies(lesson) == ["One."]
    assert bodies(copy) == ["Other."]


def test_drafts_are_copied_as_drafts(lesson, who):
    entry = text_in(lesson, "One.", who)
    publishing.save_item_draft(entry.item, revision=0, body="Not yet.", **who)
    publishing.edit_lesson(lesson, revision=0, title="Rocks", **who)

    copy = copying.copy_lesson(lesson, **who)

    assert copy.title == "Rocks (copy)"
    assert bodies(copy) == ["One."]
    assert ItemDraft.objects.get(item=copy.items.get().item).body == "Not yet."


def test_a_pinned_version_is_what_the_copy_says(lesson, who):
    entry = text_in(lesson, "Old.", who)
    items.pin_version(entry, entry.item.current_version, **who)
    items.save_version(entry.item, body="New.", **who)
    publishing.save_item_draft(entry.item, revision=0, body="Newer.", **who)

    copy = copying.copy_lesson(lesson, **who)

    assert bodies(copy) == ["Old."]
    assert not ItemDraft.objects.filter(item__uses__lesson=copy).exists()


def test_files_are_shared_and_found_by_their_old_names(lesson, who):
    picture = MediaAsset.objects.create(
        kind=MediaAsset.Kind.IMAGE, title="Wall", file="wall.png", size=1, sha256="0" * 64
    )
    entry = text_in(lesson, f"![Wall](/media/{picture.pk}/original/)", who)

    copy = copying.copy_lesson(lesson, **who)

    used = copy.items.get().item.current_version.media_uses.values_list("media_id", flat=True)
    assert list(used) == [picture.pk]
    assert entry.item.current_version.html.count("<img") == 1
    assert copy.items.get().item.current_version.html.count("<img") == 1


def test_an_item_that_says_nothing_yet_is_copied_too(lesson, who):
    item = items.add_item(kind=ContentItem.Kind.VIDEO, title="Film", **who)
    entry = items.put_in_lesson(lesson, item, **who)

    copied = copying.copy_entry(entry, **who)

    assert (copied.position, copied.item.title, copied.item.kind) == (2, "Film (copy)", "video")


def test_copy_of_an_item_stands_right_behind_it(lesson, who):
    first = text_in(lesson, "One.", who)
    text_in(lesson, "Two.", who)

    copying.copy_entry(first, **who)

    assert bodies(lesson) == ["One.", "One.", "Two."]


def test_copy_of_a_module_has_its_lessons_in_order(lesson, who):
    text_in(lesson, "One.", who)
    LessonFactory(module=lesson.module, title="Walls", position=2)
    LessonFactory(module=lesson.module, title="Gone", position=9, deleted_at=who["now"])

    copy = copying.copy_module(lesson.module, **who)

    assert (copy.title, copy.position, copy.is_draft) == ("Ground (copy)", 2, True)
    titles = copy.lessons.order_by("position").values_list("title", "position", "is_draft")
    assert list(titles) == [("Stones", 1, True), ("Walls", 2, True)]


def test_long_titles_of_copies_still_fit(lesson, who):
    Lesson.objects.filter(pk=lesson.pk).update(title="x" * 255)

    copy = copying.copy_lesson(lesson, **who)

    assert len(copy.title) == 255
    assert copy.title.endswith("x (copy)")


@pytest.mark.parametrize("kind", ["lesson", "module"])
def test_what_is_in_the_trash_is_not_copied(lesson, who, kind):
    part = lesson if kind == "lesson" else lesson.module
    outline.trash_part(part, **who)

    copy = copying.copy_lesson if kind == "lesson" else copying.copy_module
    with pytest.raises(OutlineRefused):
        copy(part, **who)

    assert Lesson.objects.count() == 1
    assert not LessonItem.objects.exists()
