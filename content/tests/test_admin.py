"""Content in the back office: by services, and each instructor only on what is theirs."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.models import ContentItem, Lesson, LessonItem, MediaAsset, Module, VideoAsset
from content.services import items, media, outline
from content.tests.factories import LessonFactory, LessonItemFactory, ModuleFactory
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WHO = {"by": None, "now": timezone.now()}
MODELS = ["mediaasset", "videoasset", "contentitem", "contentversion", "mediause"]
MODELS += ["module", "lesson", "lessonitem"]


def url(model, page="changelist", *args):
    return reverse(f"admin:content_{model}_{page}", args=args)


def png(color="teal"):
    out = io.BytesIO()
    Image.new("RGB", (400, 20), color).save(out, "PNG")
    return SimpleUploadedFile("stone.png", out.getvalue())


@pytest.fixture
def admin_user(organization):
    return UserFactory(admin=True)


@pytest.fixture
def teacher(organization):
    return UserFactory(instructor=True)


def a_row_of_each(owner, color):
    """A course of this owner, with one row in every table of content."""
    course = CourseFactory(owner=owner)
    lesson = LessonFactory(module__course=course)
    picture = media.add_media(png(color), name="a.png", course=course, by=owner, now=WHO["now"])
    video = items.add_video(title="Video", url="https://youtu.be/abcdefghijk", **WHO)
    item = items.add_item(kind="video", title="Item", by=owner, now=WHO["now"])
    saved = items.save_version(item, video=video, **WHO)
    text = items.add_item(kind="image", title="Picture", by=owner, now=WHO["now"])
    shown = items.save_version(text, media=picture, **WHO)
    entry = items.put_in_lesson(lesson, item, **WHO)
    return {
        "mediaasset": picture,
        "videoasset": video,
        "contentitem": item,
        "contentversion": saved.version,
        "mediause": shown.version.media_uses.get(),
        "module": lesson.module,
        "lesson": lesson,
        "lessonitem": entry,
    }


@pytest.mark.parametrize("model", MODELS)
def test_instructor_sees_their_own_alone(client, teacher, model):
    mine = a_row_of_each(teacher, "red")[model]
    theirs = a_row_of_each(UserFactory(instructor=True), "blue")[model]
    client.force_login(teacher)

    page = client.get(url(model)).content.decode()
    assert (str(mine.pk) in page, str(theirs.pk) in page) == (True, False)
    assert client.get(url(model, "change", mine.pk)).status_code == 200
    assert client.get(url(model, "change", theirs.pk)).status_code in (403, 404)
    assert client.post(url(model, "change", theirs.pk), {"title": "x"}).status_code in (403, 404)


@pytest.mark.parametrize("model", MODELS)
def test_admin_sees_all_and_students_nothing(client, admin_user, model):
    row = a_row_of_each(UserFactory(instructor=True), "red")[model]
    client.force_login(UserFactory())
    assert client.get(url(model)).status_code in (302, 403, 404)
    client.force_login(admin_user)
    assert str(row.pk) in client.get(url(model)).content.decode()
    assert client.get(url(model), {"q": "a"}).status_code == 200
    assert client.get(url(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_as_often_for_three_rows_as_for_one(client, admin_user, model):
    client.force_login(admin_user)
    counts = []
    for colors in (("red",), ("green", "blue")):
        for color in colors:
            a_row_of_each(UserFactory(instructor=True), color)
        client.get(url(model))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(model))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_upload_goes_through_the_library(client, teacher):
    course = CourseFactory(owner=teacher)
    client.force_login(teacher)
    values = {"title": "", "alt": "A stone", "access": "course", "course": course.pk}
    client.post(url("mediaasset", "add"), values | {"upload": png()})

    asset = MediaAsset.objects.get()
    assert (asset.title, asset.alt, asset.owner, asset.width) == (
        *("stone.png", "A stone"),
        *(teacher, 400),
    )
    values |= {"uses-TOTAL_FORMS": 0, "uses-INITIAL_FORMS": 0}
    client.post(url("mediaasset", "change", asset.pk), values | {"title": "Stone", "alt": "B"})
    asset.refresh_from_db()
    assert (asset.title, asset.alt) == ("Stone", "B")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.png", b"not a picture"),
        ("x.exe", b"MZ"),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
    ],
)
def test_hostile_upload_is_refused_with_a_reason(client, teacher, name, content):
    client.force_login(teacher)
    page = client.post(
        url("mediaasset", "add"),
        {"title": "x", "access": "course", "upload": SimpleUploadedFile(name, content)},
    )
    assert page.status_code == 200
    assert "errornote" in page.content.decode()
    assert MediaAsset.objects.count() == 0


def test_file_cannot_go_to_somebody_elses_course(client, teacher):
    client.force_login(teacher)
    values = {"title": "x", "access": "course", "course": CourseFactory().pk, "upload": png()}
    assert client.post(url("mediaasset", "add"), values).status_code == 200
    assert MediaAsset.objects.count() == 0


def test_saving_an_item_adds_a_version(client, teacher):
    client.force_login(teacher)
    values = {"kind": "text", "title": "Tea", "body": "# Hot\r\n\r\n*Very.*"}
    no_forms = {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}
    no_forms |= {"uses-TOTAL_FORMS": 0, "uses-INITIAL_FORMS": 0}
    client.post(url("contentitem", "add"), values)
    item = ContentItem.objects.get()
    assert (item.owner, item.versions.count()) == (teacher, 1)
    assert "<em>Very.</em>" in item.current_version.html

    client.post(url("contentitem", "change", item.pk), values | no_forms)
    assert item.versions.count() == 1
    client.post(url("contentitem", "change", item.pk), values | no_forms | {"body": "Cold."})
    item.refresh_from_db()
    assert (item.versions.count(), item.current_version.body) == (2, "Cold.")
    client.post(
        url("contentversion"),
        {"action": "make_current", "_selected_action": item.versions.get(number=1).pk},
    )
    item.refresh_from_db()
    assert (item.versions.count(), item.current_version.body) == (3, "# Hot\n\n*Very.*")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "image", "title": "x"},
        {"kind": "video", "title": "x"},
        {"kind": "embed", "title": "x", "url": "https://evil.example/page"},
        {"kind": "text", "title": "x", "body": "x" * 600_000},
        {"kind": "text", "title": "x\x00", "body": "y"},
    ],
    ids=["no picture", "no video", "foreign host", "too long", "control character"],
)
def test_item_that_cannot_be_shown_is_refused(client, teacher, values):
    client.force_login(teacher)
    page = client.post(url("contentitem", "add"), values)
    assert page.status_code == 200
    assert ContentItem.objects.count() == 0


def test_video_is_named_by_its_address(client, teacher):
    client.force_login(teacher)
    client.post(url("videoasset", "add"), {"title": "V", "address": "https://vimeo.com/123456"})
    video = VideoAsset.objects.get()
    assert (video.provider, video.provider_id, video.status) == ("vimeo", "123456", "ready")
    page = client.post(url("videoasset", "add"), {"title": "V", "address": "https://a.example/1"})
    assert "YouTube or Vimeo" in page.content.decode()


def test_modules_and_lessons_are_placed_by_services(client, teacher):
    course = CourseFactory(owner=teacher)
    client.force_login(teacher)
    for title in "AB":
        client.post(url("module", "add"), {"course": course.pk, "title": title, "position": ""})
    client.post(url("module", "add"), {"course": course.pk, "title": "C", "position": 1})
    modules = Module.objects.order_by("position")
    assert [(row.title, row.position) for row in modules] == [("C", 1), ("A", 2), ("B", 3)]

    lesson = {"module": modules[0].pk, "title": "X", "completion": "manual", "position": ""}
    empty = {"items-TOTAL_FORMS": 0, "items-INITIAL_FORMS": 0}
    client.post(url("lesson", "add"), lesson | empty)
    row = Lesson.objects.get()
    assert (row.slug, row.course) == ("x", course)
    client.post(url("lesson", "change", row.pk), lesson | empty | {"module": modules[1].pk})
    row.refresh_from_db()
    assert row.module == modules[1]
    for action, is_trashed in (("trash", True), ("restore", False)):
        where = url("lesson") + ("" if is_trashed else "?trash=only")
        client.post(where, {"action": action, "_selected_action": row.pk})
        row.refresh_from_db()
        assert (row.deleted_at is not None) is is_trashed


def test_lesson_shows_items_in_the_order_typed(client, teacher):
    lesson = LessonFactory(module__course__owner=teacher)
    first = LessonItemFactory(lesson=lesson, position=1)
    second = LessonItemFactory(lesson=lesson, position=2)
    ContentItem.objects.update(owner=teacher)
    client.force_login(teacher)
    values = {"module": lesson.module_id, "title": lesson.title, "completion": "manual"}
    values |= {"position": 1, "items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 2}
    rows = [(first.pk, first.item_id, 5), (second.pk, second.item_id, 5), ("", first.item_id, 1)]
    for number, (pk, item, position) in enumerate(rows):
        values |= {f"items-{number}-id": pk, f"items-{number}-item": item}
        values |= {f"items-{number}-position": position, f"items-{number}-lesson": lesson.pk}
    answer = client.post(url("lesson", "change", lesson.pk), values)

    assert answer.status_code == 302
    shown = LessonItem.objects.filter(lesson=lesson).order_by("position")
    assert [(entry.position, entry.item_id) for entry in shown] == [
        (1, first.item_id),
        (2, first.item_id),
        (3, second.item_id),
    ]


def test_lesson_stays_in_its_course(client, admin_user):
    lesson, elsewhere = LessonFactory(), ModuleFactory()
    client.force_login(admin_user)
    page = client.post(
        url("lesson", "change", lesson.pk),
        {
            "module": elsewhere.pk,
            "title": "x",
            "completion": "manual",
            "items-TOTAL_FORMS": 0,
            "items-INITIAL_FORMS": 0,
        },
    )
    assert "another course" in page.content.decode()


def test_nothing_in_use_can_be_trashed(client, admin_user):
    rows = a_row_of_each(UserFactory(instructor=True), "red")
    client.force_login(admin_user)
    for model in ("contentitem", "mediaasset"):
        page = client.post(
            url(model), {"action": "trash", "_selected_action": rows[model].pk}, follow=True
        )
        rows[model].refresh_from_db()
        assert rows[model].deleted_at is None
        assert "there first" in page.content.decode()


def test_outline_of_a_course_in_the_trash_is_closed_to_instructors(client, teacher):
    course = CourseFactory(owner=teacher, deleted_at=WHO["now"])
    module = ModuleFactory(course=course)
    client.force_login(teacher)
    assert client.get(url("module", "change", module.pk)).status_code in (403, 404)
    outline.trash_part(module, **WHO)


def test_a_file_whose_key_is_none_is_refused_beside_the_field(client, admin_user):
    client.force_login(admin_user)
    sent = {"kind": "text", "title": "Stone", "body": "Text", "media": "basement", "video": "\x00"}
    page = client.post(url("contentitem", "add"), sent)

    assert page.status_code == 200
    assert set(page.context["adminform"].form.errors) == {"media", "video"}
    assert ContentItem.objects.count() == 0
