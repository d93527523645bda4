"""What the preflight finds in a course, where it leads, and what it costs."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.checks.links import is_well_formed
from content.checks.texts import heading_levels
from content.models import ContentItem, VideoAsset
from content.services import items, media, publishing
from content.services import outline as services
from content.tests.factories import (
    ContentVersionFactory,
    LessonFactory,
    LessonItemFactory,
    ModuleFactory,
)
from courses import preflight
from courses.models import Course, CoursePrerequisite
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}
OF_CATALOGUE = {"no_summary", "no_objectives", "no_duration", "no_picture"}


def found(course):
    """Code and level of each finding about the content, those of the catalogue's facts left out."""
    return {
        (finding.code, finding.is_error)
        for finding in preflight.findings_of(course)
        if finding.code not in OF_CATALOGUE
    }


def codes(course):
    return {code for code, _is_error in found(course)}


def course_with_text(body="Just words.", **fields):
    """A course with one lesson that shows one text; the lesson is `lesson-one`."""
    course = CourseFactory(**fields)
    lesson = add_lesson(course, "Lesson one", body)
    return course, lesson


def add_lesson(course, title, body="Just words.", **fields):
    module = course.modules.live().first() or services.add_module(course, title="One", **WHO)
    lesson = services.add_lesson(module, title=title, **fields, **WHO)
    item = items.add_item(kind="text", title=f"Text of {title}", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    items.save_version(item, body=body, **WHO)
    return lesson


def picture():
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    return media.add_media(io.BytesIO(out.getvalue()), name="a.png", **WHO)


def test_course_is_walked(organization):
    course = CourseFactory()
    assert found(course) == {("no_module", True)}

    module = services.add_module(course, title="One", **WHO)
    assert found(course) == {("empty_module", True)}

    lesson = services.add_lesson(module, title="A", **WHO)
    assert found(course) == {("empty_lesson", False)}

    item = items.add_item(kind="text", title="T", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    assert found(course) == {("empty_item", False)}

    items.save_version(item, body="Just words.", **WHO)
    assert found(course) == set()

    services.trash_part(lesson, **WHO)
    assert found(course) == {("empty_module", True)}


def test_each_finding_leads_to_the_place_where_it_is_mended(organization):
    course, lesson = course_with_text("# One\n\n### Three")
    item = lesson.items.get().item

    urls = {finding.code: finding.url for finding in preflight.findings_of(course)}

    assert urls["heading_skipped"] == reverse(
        "content:studio_item", args=[course.slug, lesson.pk, item.pk]
    )
    assert urls["no_summary"] == reverse("courses:studio_details", args=[course.slug])
    assert all(urls.values())


def test_course_whose_lessons_are_all_hidden_shows_nothing(organization):
    course, lesson = course_with_text(published=True)
    publishing.withdraw_part(lesson, **WHO)

    assert found(course) == {("nothing_shown", True)}


def test_draft_is_looked_at_in_place_of_what_it_replaces_and_blocks_nothing_else(organization):
    course, lesson = course_with_text(published=True)
    item = items.add_item(kind="image", title="Picture", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    publishing.save_item_draft(item, revision=0, caption="No file yet", **WHO)
    text = lesson.items.first().item
    publishing.save_item_draft(text, revision=0, body="[x](../nowhere/)", **WHO)

    assert found(course) == {("unfinished_item", True), ("dead_link", False)}
    assert preflight.errors_of(course) == []


# Texts


def test_image_without_words_is_named(organization):
    stone = picture()
    course, lesson = course_with_text(f"![](/media/{stone.pk}/original/)")
    assert found(course) == {("image_without_alt", False)}

    item = lesson.items.get().item
    items.save_version(item, body=f"![A stone](/media/{stone.pk}/original/)", **WHO)
    assert found(course) == set()

    stone.deleted_at = NOW
    stone.save()
    assert found(course) == {("file_in_trash", False)}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# One\n\n## Two\n\n### Three", set()),
        ("# One\n\n### Three", {"heading_skipped"}),
        ("# One\n\n# Two", {"several_main_headings"}),
        ("# One\n\n```\n# no heading\n```", set()),
        ("## Two\n\n## Two", set()),
    ],
)
def test_headings_keep_their_order(organization, body, expected):
    course, _lesson = course_with_text(body)

    assert codes(course) == expected


def test_headings_in_code_are_none():
    assert heading_levels("# a\n~~~\n## b\n```\n~~~\n### c") == [1, 3]


@pytest.mark.parametrize(
    ("body", "is_dead"),
    [
        ("[x](../two/)", False),
        ("[x](../two)", False),
        ("[x](../trashed/)", True),
        ("[x](../missing/)", True),
        ("[x](other.md)", True),
        ("[x](/courses/git/lessons/two/)", False),
        ("[x](/courses/git/lessons/missing/)", True),
        ("[x](/courses/)", False),
        ("[x](/no-such-page/)", True),
        ("# Here\n\n[x](#here)", False),
        ("# Here\n\n[x](#there)", True),
        ("[x](../two/#nothing)", True),
        ("[x](https://example.org/missing)", False),
        ("[x](mailto:ada@example.org)", False),
        ("Note[^1]\n\n[^1]: There.", False),
    ],
)
def test_links_within_the_course_lead_somewhere(organization, body, is_dead):
    course, _lesson = course_with_text(body, slug="git")
    add_lesson(course, "Two")
    services.trash_part(add_lesson(course, "Trashed"), **WHO)

    assert codes(course) == ({"dead_link"} if is_dead else set())


def test_link_to_an_unpublished_lesson_of_a_published_course_is_dead(organization):
    course, _lesson = course_with_text("[x](../two/)", published=True)
    add_lesson(course, "Two", is_draft=True)

    [finding] = [each for each in preflight.findings_of(course) if each.code == "dead_link"]
    assert "“Two” is not published." in finding.text


def test_link_to_the_heading_of_another_lesson_is_known(organization):
    course, lesson = course_with_text("# Deep")
    item = lesson.items.get().item
    anchor = item.current_version.html.split('id="')[1].split('"')[0]
    add_lesson(course, "Two", f"[x](../lesson-one/#{anchor})")

    assert found(course) == set()


@pytest.mark.parametrize(
    ("address", "is_right"),
    [
        ("https://example.org", True),
        ("http://localhost:8000/x", True),
        ("https://", False),
        ("https://exa mple.org", False),
        ("http://nodots", False),
        ("https://example.org:port", False),
        ("https://[::1", False),
        ("mailto:ada", False),
        ("tel:+49", True),
    ],
)
def test_addresses_of_other_sites_are_judged_by_their_form_alone(address, is_right):
    assert is_well_formed(address) is is_right


def test_odd_address_is_found(organization):
    course, _lesson = course_with_text("[x](http://nodots/)")

    assert found(course) == {("odd_address", False)}


# Videos


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"provider": "youtube", "provider_id": "x", "status": "ready"}, set()),
        ({"provider": "file", "status": "ready"}, {("video_without_captions", False)}),
        (
            {"provider": "file", "status": "failed"},
            {("video_without_captions", False), ("video_failed", True)},
        ),
        (
            {"provider": "file", "status": "processing"},
            {("video_without_captions", False), ("video_processing", False)},
        ),
    ],
)
def test_videos_can_be_played_and_followed(organization, fields, expected):
    course = CourseFactory()
    file = picture() if fields["provider"] == "file" else None
    video = VideoAsset.objects.create(title="V", file=file, **fields)
    item = ContentItem.objects.create(kind="video", title="V")
    version = ContentVersionFactory(item=item, video=video, body="", html="<div></div>")
    item.current_version = version
    item.save()
    LessonItemFactory(lesson=LessonFactory(module=ModuleFactory(course=course)), item=item)

    assert found(course) == expected


# Locks and dates


def test_lesson_that_opens_before_one_that_must_be_finished_first(organization):
    later, sooner = NOW + timedelta(days=9), NOW + timedelta(days=2)
    course, _lesson = course_with_text(is_sequential=True)
    add_lesson(course, "Two", opens_at=later)
    add_lesson(course, "Three", opens_at=sooner)

    [finding] = [each for each in preflight.findings_of(course) if each.code == "opens_later"]
    assert finding.text.startswith("“Three” opens only on")
    assert "“Two” must be finished first" in finding.text
    Course.objects.filter(pk=course.pk).update(is_sequential=False)
    assert found(Course.objects.get(pk=course.pk)) == set()


def test_lesson_that_opens_before_its_module(organization):
    course, lesson = course_with_text()
    services.update_module(lesson.module, opens_at=NOW + timedelta(days=9), **WHO)
    services.update_lesson(lesson, opens_at=NOW + timedelta(days=2), **WHO)

    assert found(course) == {("opens_later", False)}


def test_dates_that_are_over_are_doubted_until_students_see_the_lesson(organization):
    course, lesson = course_with_text()
    services.update_lesson(lesson, opens_at=NOW - timedelta(days=300), **WHO)
    assert found(course) == {("date_over", False)}

    Course.objects.filter(pk=course.pk).update(status="published", published_at=NOW)
    assert found(Course.objects.get(pk=course.pk)) == set()


def test_lesson_that_takes_a_day_on_its_page_is_doubted(organization):
    course, lesson = course_with_text()
    services.update_lesson(lesson, completion="time", completion_seconds=86_400, **WHO)

    assert found(course) == {("hard_to_complete", False)}


# Prerequisites


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"published": True}, None),
        ({}, "prerequisite_closed"),
        ({"published": True, "deleted_at": NOW}, "prerequisite_trashed"),
        ({"published": True, "visibility": "private"}, "prerequisite_private"),
        ({"published": True, "enrollment_type": "restricted"}, "prerequisite_restricted"),
    ],
)
def test_prerequisites_that_cannot_be_met(organization, fields, code):
    course, _lesson = course_with_text()
    CoursePrerequisite.objects.create(course=course, required_course=CourseFactory(**fields))

    assert found(course) == ({(code, False)} if code else set())


def test_circle_of_prerequisites_is_an_error(organization):
    course, _lesson = course_with_text()
    other = CourseFactory(published=True)
    CoursePrerequisite.objects.create(course=course, required_course=other)
    CoursePrerequisite.objects.create(course=other, required_course=course)

    assert found(course) == {("prerequisite_circle", True)}


# The page


def test_page_lists_errors_before_doubts_with_ways_to_mend_them(organization, client):
    course, lesson = course_with_text("# One\n\n### Three")
    services.add_module(course, title="Empty", **WHO)
    client.force_login(course.owner)

    page = client.get(reverse("content:studio_check", args=[course.slug])).content.decode()

    assert page.index("The module “Empty” has no lesson.") < page.index("skip a level")
    assert "1 error keeps the course from being published." in page
    item = lesson.items.get().item
    assert reverse("content:studio_item", args=[course.slug, lesson.pk, item.pk]) in page


def test_page_bears_odd_page_numbers_and_is_for_those_who_edit(organization, client):
    course, _lesson = course_with_text()
    url = reverse("content:studio_check", args=[course.slug])
    client.force_login(course.owner)
    for number in ("0", "-1", "x", "\x00", "9" * 30):
        assert client.get(url, {"page": number}).status_code == 200
    client.force_login(UserFactory(instructor=True))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_few_and_many_lessons_cost_the_same(organization, count, django_assert_num_queries):
    course, _lesson = course_with_text("[x](/media/0190b0a0-0000-7000-8000-000000000000/original/)")
    for number in range(count):
        lesson = add_lesson(course, f"L{number}", "[a](../lesson-one/) ![](/x.png)")
        item = lesson.items.get().item
        publishing.save_item_draft(item, revision=0, body="New [a](../missing/)", **WHO)

    with django_assert_num_queries(7):
        assert preflight.findings_of(course)


@pytest.mark.parametrize(
    ("closes", "ends", "codes_of_dates"),
    [
        (None, None, set()),
        (1, 2, set()),
        (None, 2, set()),
        (-1, None, {"enrollment_closed"}),
        (-1, -1, {"enrollment_closed", "access_ended"}),
        (2, 1, {"joins_too_late"}),
    ],
)
def test_dates_of_a_course_that_let_nobody_in(organization, closes, ends, codes_of_dates):
    """`closes` and `ends` in days from now."""
    at = {None: None} | {days: NOW + timedelta(days=days) for days in (-1, 1, 2)}
    course, _lesson = course_with_text(
        published=True, enrollment_closes_at=at[closes], access_ends_at=at[ends]
    )
    assert codes(course) == codes_of_dates
