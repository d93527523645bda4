"""Files come in checked, are not stored twice, and open only to those who may see where they are shown."""

import io
import re
import uuid
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content import access
from content.models import LessonItem, MediaAsset
from content.services import items, media
from content.tests.factories import LessonFactory
from courses.tests.factories import CourseFactory, CourseStaffFactory
from lib.files import FileRefused
from tenancy.context import organization_context
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


def picture(width=900, height=30, color="teal", kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind)
    return io.BytesIO(out.getvalue())


def audio():
    return io.BytesIO(b"ID3" + bytes(range(256)) * 40)


def stored(asset):
    with asset.file.open() as file:
        return file.read()


@pytest.fixture
def get(client):
    """Opens an address; the answer's bytes are read, and its file closed."""

    def fetch(url, **headers):
        response = client.get(url, headers=headers)
        response.body = (
            b"".join(response.streaming_content) if response.streaming else response.content
        )
        return response

    return fetch


def address(asset, variant="original"):
    return reverse("content:media", args=[asset.pk, variant])


def in_lesson(asset, **lesson_fields):
    """A lesson whose text shows the picture."""
    lesson = LessonFactory(**lesson_fields)
    item = items.add_item(kind="text", title="Text", **WHO)
    items.save_version(item, body=f"![a stone]({address(asset)})", **WHO)
    LessonItem.objects.create(lesson=lesson, item=item, position=1)
    return lesson


def test_picture_is_encoded_anew_with_smaller_sizes(organization):
    owner = UserFactory(instructor=True)
    asset = media.add_media(picture(), name="Büro plan.png", by=owner, now=NOW, alt="A plan")

    assert (asset.kind, asset.mime_type, asset.width, asset.height) == (
        *("image", "image/png"),
        *(900, 30),
    )
    assert [entry["width"] for entry in asset.variants] == [320, 640]
    assert asset.file.name.startswith(f"library/{organization.pk.hex}/")
    assert "ro" not in asset.file.name.rpartition("/")[2]
    assert all(default_storage.exists(entry["file"]) for entry in asset.variants)
    assert (asset.title, asset.alt, asset.owner) == ("Büro plan.png", "A plan", owner)


def test_same_file_is_stored_once(organization):
    course, other = CourseFactory(), CourseFactory()
    first = media.add_media(picture(), name="a.png", course=course, **WHO)

    again = media.add_media(picture(), name="b.png", course=course, **WHO)
    elsewhere = media.add_media(picture(), name="c.png", course=other, **WHO)
    for_all = media.add_media(picture(), name="d.png", course=course, access="public", **WHO)

    assert again == first
    assert len({first.pk, elsewhere.pk, for_all.pk}) == 3
    assert first.file.name == elsewhere.file.name == for_all.file.name
    assert elsewhere.variants == first.variants


def test_hostile_files_are_refused(organization, test_data):
    codes = {}
    for path in sorted(Path(test_data("hostile-files")).rglob("*")):
        if path.is_file() and path.name not in {"README.md", "LICENSE"}:
            try:
                asset = media.add_media(io.BytesIO(path.read_bytes()), name=path.name, **WHO)
                codes[path.name] = asset.mime_type
            except FileRefused as error:
                codes[path.name] = error.code
    taken = {name: code for name, code in codes.items() if "/" in code}
    assert set(taken.values()) <= {"image/png", "image/jpeg", "application/zip"}
    assert not [name for name in taken if "bomb" in name or "slip" in name or "symlink" in name]
    for name in ("payload_in_all_known_metadata.png", "payload_in_all_known_metadata.jpg"):
        asset = MediaAsset.objects.get(title=name)
        assert b"script" not in stored(asset).lower()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "empty"),
        ("a.exe", b"MZ", "unknown_type"),
        ("a.png", b"<svg onload=alert(1)>", "mismatch"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "scripted"),
        ("a.html", b"<script>alert(1)</script>", "unknown_type"),
    ],
)
def test_refusals_say_why(organization, name, content, code):
    with pytest.raises(FileRefused) as refused:
        media.add_media(io.BytesIO(content), name=name, **WHO)
    assert refused.value.code == code
    assert MediaAsset.objects.count() == 0


def test_update_changes_only_what_differs(organization):
    asset = media.add_media(picture(), name="a.png", **WHO)
    before = asset.updated_at
    media.update_media(asset, title="a.png", alt="", access="course", **WHO)
    asset.refresh_from_db()
    assert asset.updated_at == before
    media.update_media(asset, alt="A stone", **WHO)
    asset.refresh_from_db()
    assert asset.alt == "A stone"


def test_file_in_use_is_not_trashed(organization):
    asset = media.add_media(picture(), name="a.png", **WHO)
    in_lesson(asset)
    with pytest.raises(media.StillShown):
        media.trash_media(asset, **WHO)
    unused = media.add_media(picture(color="red"), name="b.png", **WHO)
    media.trash_media(unused, **WHO)
    media.trash_media(unused, **WHO)
    assert unused.deleted_at == NOW
    media.restore_media(unused, **WHO)
    assert unused.deleted_at is None


def test_source_is_known_once_per_course(organization):
    course = CourseFactory()
    media.add_media(picture(), name="a.png", course=course, source="a.png", **WHO)
    with (
        pytest.raises(IntegrityError, match="content_mediaasset_source_once"),
        transaction.atomic(),
    ):
        media.add_media(picture(color="red"), name="a.png", course=course, source="a.png", **WHO)


# Serving


def test_public_file_comes_with_harmless_headers(get, organization):
    asset = media.add_media(picture(), name="a b.png", access="public", **WHO)

    page = get(address(asset))

    assert page.status_code == 200
    assert page.body == stored(asset)
    assert page["Content-Type"] == "image/png"
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert page["Cache-Control"] == "private, max-age=31536000, immutable"
    assert page["Content-Disposition"] == 'inline; filename="a b.png"'
    small = get(address(asset, 320))
    assert (small["Content-Type"], small["ETag"] == page["ETag"]) == ("image/webp", False)
    assert get(address(asset), **{"If-None-Match": page["ETag"]}).status_code == 304


@pytest.mark.parametrize("variant", ["333", "large", "original2"])
def test_unknown_size_or_file_is_404(get, organization, variant):
    asset = media.add_media(picture(), name="a.png", access="public", **WHO)
    assert get(address(asset, variant)).status_code == 404
    asset.pk = uuid.uuid4()
    assert get(address(asset)).status_code == 404


def test_file_lost_from_the_disk_is_404(get, organization):
    asset = media.add_media(picture(), name="a.png", access="public", **WHO)
    default_storage.delete(asset.file.name)
    assert get(address(asset)).status_code == 404


def test_post_is_not_allowed(client, organization):
    asset = media.add_media(picture(), name="a.png", access="public", **WHO)
    assert client.post(address(asset)).status_code in (403, 405)


def test_what_browsers_might_run_is_saved_instead(get, organization):
    drawing = io.BytesIO(
        b"<svg xmlns='http://www.w3.org/2000/svg'><rect width='1' height='1'/></svg>"
    )
    for file, name in ((drawing, "a.svg"), (io.BytesIO(b"just text"), "a.txt")):
        asset = media.add_media(file, name=name, access="public", **WHO)
        assert get(address(asset))["Content-Disposition"].startswith("attachment")
    pdf = media.add_media(io.BytesIO(b"%PDF-1.4 tiny"), name="a.pdf", access="public", **WHO)
    page = get(address(pdf))
    assert page["Content-Disposition"].startswith("inline")
    assert page["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("wanted", "status", "content_range", "length"),
    [
        ("bytes=0-9", 206, "bytes 0-9/10243", 10),
        ("bytes=10240-", 206, "bytes 10240-10242/10243", 3),
        ("bytes=-5", 206, "bytes 10238-10242/10243", 5),
        ("bytes=0-999999", 206, "bytes 0-10242/10243", 10243),
        ("bytes=10243-", 416, "bytes */10243", 0),
        ("bytes=-0", 416, "bytes */10243", 0),
        (f"bytes={'9' * 40}-", 416, "bytes */10243", 0),
        ("bytes=9-2", 200, None, 10243),
        ("bytes=0-1,5-6", 200, None, 10243),
        ("bytes=-", 200, None, 10243),
        ("nonsense", 200, None, 10243),
    ],
)
def test_ranges(get, organization, wanted, status, content_range, length):
    asset = media.add_media(audio(), name="a.mp3", access="public", **WHO)
    whole = stored(asset)
    page = get(address(asset), Range=wanted)

    assert (page.status_code, page.get("Content-Range"), len(page.body)) == (
        *(status, content_range),
        length,
    )
    assert page.body in whole


def test_range_of_a_file_that_changed_gives_the_whole(get, organization):
    asset = media.add_media(audio(), name="a.mp3", access="public", **WHO)
    headers = {"Range": "bytes=0-9", "If-Range": '"old"'}
    assert get(address(asset), **headers).status_code == 200


# Access


@pytest.fixture
def on_course():
    """People whom a higher floor knows to be on a course."""
    people = set()

    def check(user, course_ids):
        return any((user.pk, course_id) in people for course_id in course_ids)

    access.register_viewer_check(check)
    yield people
    access.unregister_viewer_check(check)


def test_who_may_open_a_file(client, get, organization, on_course):
    lesson = LessonFactory()
    course = lesson.course
    asset = media.add_media(picture(), name="a.png", **WHO)
    item = items.add_item(kind="text", title="Text", **WHO)
    items.save_version(item, body=f"![a stone]({address(asset)})", **WHO)
    LessonItem.objects.create(lesson=lesson, item=item, position=1)
    staff_only = media.add_media(picture(color="red"), name="b.png", access="staff", **WHO)
    people = {
        "guest": None,
        "stranger": UserFactory(),
        "student": UserFactory(),
        "other instructor": UserFactory(instructor=True),
        "co-instructor": CourseStaffFactory(course=course).user,
        "owner": course.owner,
        "admin": UserFactory(admin=True),
    }
    on_course.add((people["student"].pk, course.pk))

    opened = {}
    for name, person in people.items():
        client.logout()
        if person:
            client.force_login(person)
        opened[name] = [get(address(one)).status_code == 200 for one in (asset, staff_only)]

    assert opened == {
        "guest": [False, False],
        "stranger": [False, False],
        "student": [True, False],
        "other instructor": [False, True],
        "co-instructor": [True, True],
        "owner": [True, True],
        "admin": [True, True],
    }


@pytest.mark.parametrize(
    ("preview", "published", "visibility", "is_open"),
    [
        (True, True, "public", True),
        (False, True, "public", False),
        (True, False, "public", False),
        (True, True, "private", False),
    ],
)
def test_guests_see_files_of_previews(get, organization, preview, published, visibility, is_open):
    asset = media.add_media(picture(), name="a.png", **WHO)
    course = CourseFactory(published=published, visibility=visibility)
    in_lesson(asset, module__course=course, is_preview=preview)
    assert (get(address(asset)).status_code == 200) is is_open


def test_file_that_the_text_no_longer_shows_is_closed(get, organization):
    asset = media.add_media(picture(), name="a.png", **WHO)
    course = CourseFactory(published=True)
    lesson = in_lesson(asset, module__course=course, is_preview=True)
    entry = lesson.items.get()
    items.save_version(entry.item, body="No picture any more.", **WHO)
    assert get(address(asset)).status_code == 404
    entry.refresh_from_db()
    entry.pinned_version = entry.item.versions.get(number=1)
    entry.save()
    media.update_media(asset, title="drops what was remembered", **WHO)
    cache.clear()
    assert get(address(asset)).status_code == 200


def test_other_organizations_file_is_404(get, organization, other_organization):
    with organization_context(other_organization):
        theirs = media.add_media(picture(), name="a.png", access="public", **WHO)
        own = media.add_media(picture(), name="b.png", access="public", **WHO)
        assert own == theirs
    mine = media.add_media(picture(), name="a.png", access="public", **WHO)
    assert mine.file.name != theirs.file.name
    assert get(address(theirs)).status_code == 404
    assert get(address(mine)).status_code == 200


def test_many_images_of_a_lesson_cost_little(client, get, organization, on_course):
    student, course = UserFactory(), CourseFactory(published=True)
    on_course.add((student.pk, course.pk))
    red, green = (
        media.add_media(picture(color=color), name=f"{color}.png", course=course, **WHO)
        for color in ("red", "green")
    )
    client.force_login(student)
    get(address(red))

    assert asked_for(get, address(green)) == {"content_mediaasset": 1, "content_mediause": 1}
    assert asked_for(get, address(green)) == {}


def asked_for(get, url):
    """How often each table of ours was asked, beside the three queries of every request."""
    with CaptureQueriesContext(connection) as queries:
        assert get(url).status_code == 200
    tables = [re.search(r'FROM "(content_\w+|courses_\w+)"', entry["sql"]) for entry in queries]
    return Counter(match.group(1) for match in tables if match)
