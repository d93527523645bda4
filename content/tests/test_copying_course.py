"""A course runs again: everything but people comes along, dates move, and neither changes the other."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.models import (
    ContentItem,
    ContentVersion,
    ItemDraft,
    Lesson,
    LessonDraft,
    LessonItem,
    MediaAsset,
    Module,
)
from content.rendering import anchor_of, render_lesson
from content.services import copying_course, items, outline, publishing
from content.services.copying_course import copy_course
from content.services.media import add_media
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses.errors import SlugTaken
from courses.models import Course
from courses.services import update_course
from courses.tests.factories import CourseFactory, CourseStaffFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}
SUMMER = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)  # nine o'clock in Berlin


def png():
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def owner(organization):
    return UserFactory(username="ines", instructor=True)


@pytest.fixture
def course(owner):
    """Two modules, three lessons, one of them a draft, dates and links."""
    course = CourseFactory(owner=owner, slug="tea", title="Tea", published=True, max_capacity=5)
    update_course(course.pk, description="See [x](/courses/tea/lessons/x/).", **WHO)
    CourseStaffFactory(course=course)
    first = outline.add_module(course, title="Leaves", opens_at=SUMMER, lesson_order="free", **WHO)
    second = outline.add_module(course, title="Water", opens_after_days=3, **WHO)
    add_text(outline.add_lesson(first, title="X", **WHO), "[y](/courses/tea/lessons/y/)")
    add_text(
        outline.add_lesson(second, title="Y", opens_at=SUMMER + timedelta(days=1), **WHO), "Text"
    )
    outline.add_lesson(second, title="Later", is_draft=True, **WHO)
    course.refresh_from_db()
    return course


def add_text(lesson, body):
    item = items.add_item(kind="text", title="T", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    items.save_version(item, body=body, **WHO)
    return item


def outline_of(course):
    return [
        (module.title, module.opens_at, module.opens_after_days, module.lesson_order, [
            (lesson.title, lesson.slug, lesson.opens_at, lesson.is_draft)
            for lesson in module.lessons.order_by("position")
        ])
        for module in Module.objects.filter(course=course).order_by("position")
    ]  # fmt: skip


def test_copy_has_everything_but_people(course, owner):
    copy = copy_course(course, title="Tea again", by=owner, now=NOW)

    assert (copy.title, copy.slug, copy.status, copy.copied_from) == (
        "Tea again", "tea-again", "draft", course,
    )  # fmt: skip
    assert (copy.owner, copy.max_capacity, copy.published_at) == (owner, 5, None)
    assert copy.staff.count() == 0
    assert outline_of(copy) == outline_of(course)
    assert ContentItem.objects.count() == 4
    assert ContentVersion.objects.filter(item__uses__lesson__course=copy).count() == 2


def test_links_to_the_course_lead_to_its_copy(course, owner):
    copy = copy_course(course, title="Again", slug="again", by=owner, now=NOW)
    page = render_lesson(Lesson.objects.get(course=copy, slug="x").pk)
    assert "/courses/again/lessons/y/" in page
    assert "/courses/tea/" not in page
    assert "/courses/again/lessons/x/" in copy.description_html
    assert "/courses/tea/" in course.description_html


def test_links_to_headings_stay_right(course, owner):
    copy_course(course, title="Again", by=owner, now=NOW)
    anchors = {anchor_of(entry.item_id) for entry in LessonItem.objects.filter(lesson__slug="x")}
    assert len(anchors) == 1


def test_neither_changes_the_other(course, owner):
    copy = copy_course(course, title="Again", by=owner, now=NOW)
    item = ContentItem.objects.get(uses__lesson__course=copy, uses__lesson__slug="y")
    items.save_version(item, body="Changed", **WHO)
    outline.trash_part(Module.objects.get(course=copy, title="Leaves"), **WHO)

    assert "Changed" not in render_lesson(Lesson.objects.get(course=course, slug="y").pk)
    assert [title for title, *_rest in outline_of(course)] == ["Leaves", "Water"]
    assert Lesson.objects.live().filter(course=course).count() == 3


def test_dates_move_by_days_at_the_same_time_of_day(course, owner):
    with timezone.override("Europe/Berlin"):
        dates = copying_course.dates_of(course, days=180)
        copy = copy_course(course, title="Again", days=180, by=owner, now=NOW)

    assert [dated.title for dated in dates] == ["Leaves", "Y"]
    assert dates[0].after == datetime(2026, 12, 28, 8, 0, tzinfo=UTC)  # nine o'clock in winter
    assert Module.objects.get(course=copy, title="Leaves").opens_at == dates[0].after
    assert Lesson.objects.get(course=copy, title="Y").opens_at == dates[1].after
    assert Module.objects.get(course=copy, title="Water").opens_after_days == 3
    assert copying_course.days_until(course, date(2026, 7, 11)) == 10
    assert copying_course.days_until(CourseFactory(), date(2026, 7, 11)) is None


def test_dates_of_the_course_itself_move_along(course, owner):
    closes, ends = SUMMER - timedelta(days=1), SUMMER + timedelta(days=90)
    update_course(course.pk, enrollment_closes_at=closes, access_ends_at=ends, offer_hours=0, **WHO)
    course.refresh_from_db()

    dates = copying_course.dates_of(course, days=7)
    copy = copy_course(course, title="Again", days=7, by=owner, now=NOW)

    assert [dated.title for dated in dates][:2] == ["Enrollment closes", "Access ends on a day"]
    week = timedelta(days=7)
    assert (copy.enrollment_closes_at, copy.access_ends_at) == (closes + week, ends + week)
    assert copy.offer_hours == 0


def test_drafts_come_along_or_stay(course, owner):
    lesson = Lesson.objects.get(course=course, slug="x")
    item = ContentItem.objects.get(uses__lesson=lesson)
    publishing.save_item_draft(item, revision=0, body="Waiting.", **WHO)
    publishing.edit_lesson(lesson, revision=0, title="X!", **WHO)

    whole = copy_course(course, title="Whole", by=owner, now=NOW)
    seen = copy_course(course, title="Seen", with_drafts=False, by=owner, now=NOW)

    drafts = ItemDraft.objects.filter(item__uses__lesson__course=whole)
    assert [draft.body for draft in drafts] == ["Waiting."]
    assert LessonDraft.objects.get(lesson__course=whole).changes == {"title": "X!"}
    assert Lesson.objects.filter(course=whole, title="Later", is_draft=True).exists()
    assert ItemDraft.objects.filter(item__uses__lesson__course=seen).count() == 0
    assert list(Lesson.objects.filter(course=seen).values_list("title", flat=True)) == ["X", "Y"]


def test_files_are_shared_and_an_item_shown_twice_stays_one(course, owner):
    asset = add_media(ContentFile(png()), name="p.png", course=course, **WHO)
    item = items.add_item(kind="image", title="P", **WHO)
    items.save_version(item, media=asset, **WHO)
    for lesson in Lesson.objects.filter(course=course, slug__in=["x", "y"]):
        items.put_in_lesson(lesson, item, **WHO)
    copy = copy_course(course, title="Again", by=owner, now=NOW)

    shown = ContentVersion.objects.filter(item__uses__lesson__course=copy, media=asset).distinct()
    assert shown.count() == 1
    assert shown.get().item.uses.count() == 2
    assert list(shown.get().media_uses.values_list("media", flat=True)) == [asset.pk]
    assert MediaAsset.objects.count() == 1


def test_copy_of_a_copy_and_names_that_are_taken(course, owner):
    copy = copy_course(course, title="Tea", by=owner, now=NOW)
    again = copy_course(copy, title="Tea", days=7, by=owner, now=NOW)
    assert (copy.slug, again.slug, again.copied_from) == ("tea-2", "tea-3", copy)
    with pytest.raises(SlugTaken):
        copy_course(course, title="Tea", slug="tea-2", by=owner, now=NOW)


def test_queries_are_the_same_for_one_lesson_and_for_thirty(owner, django_assert_max_num_queries):
    for count in (1, 30):
        module = ModuleFactory(course__owner=owner)
        for lesson in LessonFactory.create_batch(count, module=module):
            LessonItemFactory(lesson=lesson)
        with django_assert_max_num_queries(32):
            copy_course(module.course, title="Again", by=owner, now=NOW)


# The page


def test_page_shows_dates_first_and_then_copies(course, owner, client):
    client.force_login(owner)
    url = reverse("content:studio_copy", args=["tea"])
    form = {"title": "Next term", "starts_on": "2027-07-01", "with_drafts": "on"}
    page = client.get(url).content.decode()
    assert "The dates stay as they are" in page

    page = client.post(url, form | {"preview": "1"}).content.decode()
    assert "2027" in page
    assert "Next term" in page
    assert Course.objects.count() == 1

    answer = client.post(url, form)
    copy = Course.objects.get(title="Next term")
    assert answer.url == reverse("content:studio_course", args=[copy.slug])
    assert Module.objects.get(course=copy, title="Leaves").opens_at.year == 2027


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": ""}, "required"),
        ({"slug": "tea"}, "has, or had, this short name"),
        ({"starts_on": "9999-12-31"}, "too far away"),
        ({"days": "99999999"}, "less than or equal"),
        ({"starts_on": "nonsense"}, "valid date"),
    ],
)
def test_errors_stand_beside_their_fields(course, owner, client, change, said):
    client.force_login(owner)
    page = client.post(reverse("content:studio_copy", args=["tea"]), {"title": "Tea", **change})
    assert said in page.content.decode()
    assert Course.objects.count() == 1


def test_others_find_nothing(course, client):
    url = reverse("content:studio_copy", args=["tea"])
    for person in (UserFactory(), UserFactory(instructor=True)):
        client.force_login(person)
        assert client.get(url).status_code == 404
        assert client.post(url, {"title": "Mine"}).status_code == 404
    assert Course.objects.count() == 1
