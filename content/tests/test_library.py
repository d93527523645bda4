"""The media library: found by filters, described, replaced everywhere, and only by those who work with it."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.models import LessonItem, MediaAsset, VideoAsset
from content.services import items, media, publishing
from content.services.media import StillShown
from content.services.replacing import replace_everywhere
from content.tests.factories import LessonFactory
from courses.tests.factories import CourseFactory
from lib.files import FileRefused
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
JSON = {"Accept": "application/json"}


def picture(color="teal", name="stone.png"):
    out = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


@pytest.fixture
def owner(organization):
    return UserFactory(instructor=True)


@pytest.fixture
def add(owner):
    """Takes a picture of a colour into the library."""

    def added(color="teal", *, by=owner, **options):
        file = picture(color)
        return media.add_media(file, name=f"{color}.png", by=by, now=NOW, **options)

    return added


@pytest.fixture
def shown(owner):
    """Puts an item with these words into a lesson of the owner's."""

    def put(kind="text", *, course=None, **said):
        course = course or CourseFactory(owner=owner)
        lesson = LessonFactory(module__course=course)
        item = items.add_item(kind=kind, title="Item", by=course.owner, now=NOW)
        if said:
            items.save_version(item, **said, by=course.owner, now=NOW)
        LessonItem.objects.create(lesson=lesson, item=item, position=1)
        return item

    return put


@pytest.fixture
def titles(client, owner):
    """The files that the library lists for its owner."""
    client.force_login(owner)

    def listed(**chosen):
        return names_on(client.get(reverse("content:library"), chosen))

    return listed


def names_on(page):
    return set(re.findall(r'class="library-name" dir="auto">([^<]*)<', page.content.decode()))


def page_of(asset, name="library_file"):
    return reverse(f"content:{name}", args=[asset.pk])


def test_filters_narrow_the_library(titles, add, shown, owner):
    used = add("red", alt="A red square", tags=["Signs"])
    in_draft = add("green", alt="Green")
    add("blue", tags=["Signs", "Sea"])
    shown("image", media=used)
    drafted = shown()
    body = f"![so](/media/{in_draft.pk}/original/)"
    publishing.save_item_draft(drafted, revision=0, body=body, by=owner, now=NOW)

    assert titles() == {"red.png", "green.png", "blue.png"}
    assert titles(q="RED") == {"red.png"}
    assert titles(tag="Signs") == {"red.png", "blue.png"}
    assert titles(state="unused") == {"blue.png"}
    assert titles(state="without_alt") == {"blue.png"}
    assert titles(kind="video") == set()
    assert titles(kind="nonsense", state="x", q="\x00", cursor="%%%") == titles()


def test_library_of_a_course_has_its_own_files_and_what_it_shows(titles, add, shown, owner):
    course = CourseFactory(owner=owner)
    add("red", course=course)
    shown("image", course=course, media=add("green"))
    add("blue")

    assert titles(course=course.slug) == {"red.png", "green.png"}


def test_files_of_other_people_are_not_there(titles, add, client):
    theirs = add("red", by=UserFactory(instructor=True))

    assert titles() == set()
    assert client.get(page_of(theirs)).status_code == 404
    assert client.post(page_of(theirs, "library_replace")).status_code == 404


@pytest.mark.parametrize("name", ["library", "library_upload", "library_picker", "library_tags"])
def test_students_find_no_library(client, organization, name):
    client.force_login(UserFactory())

    assert client.get(reverse(f"content:{name}")).status_code == 404


@pytest.mark.parametrize("view", ["", "list"])
def test_library_costs_the_same_for_one_file_and_for_three(client, owner, add, shown, view):
    client.force_login(owner)
    counted = []
    for colors in (["red"], ["green", "blue"]):
        for color in colors:
            shown("image", media=add(color, tags=[color]))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("content:library"), {"view": view})
        counted.append(len(captured))

    assert counted[0] == counted[1] <= 8


def test_form_takes_several_files_and_names_those_it_does_not(client, owner):
    client.force_login(owner)
    files = [picture("red", "a.png"), SimpleUploadedFile("b.exe", b"MZ")]
    response = client.post(reverse("content:library_upload"), {"files": files})

    assert response.status_code == 422
    assert "b.exe: " in response.content.decode()
    assert set(MediaAsset.objects.values_list("title", flat=True)) == {"a.png"}


def test_script_is_answered_in_json(client, owner):
    client.force_login(owner)
    course = CourseFactory(owner=owner)
    sent = {"files": picture(), "alt": "A stone", "course": course.slug}
    answer = client.post(reverse("content:library_upload"), sent, headers=JSON)
    asset = MediaAsset.objects.get()

    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(asset.pk),
        "title": "stone.png",
        "kind": "image",
        "alt": "A stone",
        "url": f"/media/{asset.pk}/original/",
        "page": page_of(asset),
    }
    assert asset.course == course

    refused = client.post(reverse("content:library_upload"), {}, headers=JSON)
    assert (refused.status_code, list(refused.json())) == (422, ["error"])


def test_nobody_uploads_into_the_course_of_others(client, owner):
    client.force_login(owner)
    sent = {"files": picture(), "course": CourseFactory().slug}

    assert client.post(reverse("content:library_upload"), sent).status_code == 404
    assert not MediaAsset.objects.exists()


def test_alternative_text_reaches_what_is_published(client, owner, add, shown):
    client.force_login(owner)
    asset = add()
    item = shown("image", media=asset)
    values = {"title": "Stone", "alt": "A stone", "tags": "Sea, sea,  , Shore ", "access": "staff"}
    client.post(page_of(asset), values)
    asset.refresh_from_db()
    item.current_version.refresh_from_db()

    assert (asset.title, asset.tags, asset.access) == ("Stone", ["Sea", "Shore"], "staff")
    assert 'alt="A stone"' in item.current_version.html


def test_places_are_lessons_of_ones_own_courses(client, owner, add, shown):
    client.force_login(owner)
    asset = add()
    mine = shown("image", media=asset)
    shown("image", course=CourseFactory(title="Secret course"), media=asset)
    page = client.get(page_of(asset)).content.decode()

    assert mine.uses.get().lesson.title in page
    assert "Secret course" not in page
    assert "1 lesson of a course that is not yours" in page


def test_tags_are_renamed_and_put_together(client, owner, add):
    client.force_login(owner)
    both, one = add("red", tags=["Sea", "Shore"]), add("blue", tags=["Shore"])
    theirs = add("green", by=UserFactory(instructor=True), tags=["Shore"])
    client.post(reverse("content:library_tags"), {"old": "Shore", "new": "Sea"})
    for asset in (both, one, theirs):
        asset.refresh_from_db()

    assert (both.tags, one.tags, theirs.tags) == (["Sea"], ["Sea"], ["Shore"])

    client.post(reverse("content:library_tags"), {"old": "Sea", "new": ""})
    one.refresh_from_db()
    assert one.tags == []


def test_file_is_replaced_in_texts_pictures_videos_and_drafts(owner, add, shown):
    old, new = add("red"), add("blue")
    text = shown(body=f"![a stone](/media/{old.pk}/original/)")
    image = shown("image", media=old)
    video = items.add_video(
        title="V", url="https://vimeo.com/1234567", poster=old, by=owner, now=NOW
    )
    film = shown("video", video=video)
    other = shown(body="Nothing.")
    drafted = shown()
    publishing.save_item_draft(
        drafted, revision=0, body=f"![b](/media/{old.pk})", by=owner, now=NOW
    )
    before = {item: item.current_version for item in (text, image, film, other)}

    assert replace_everywhere(old, new, by=owner, now=NOW) == 4

    for item in before:
        item.refresh_from_db()
    for item in (text, image, film):
        assert str(new.pk) in item.current_version.html
        assert str(old.pk) not in item.current_version.html
        assert item.current_version.number == 2
        assert str(old.pk) in before[item].html
    assert other.current_version == before[other]
    assert drafted.draft.body == f"![b](/media/{new.pk})"
    assert drafted.draft.revision == 2
    old.refresh_from_db()
    assert old.deleted_at is None


def test_replaced_file_that_no_version_showed_is_in_the_trash(owner, add, shown):
    old, new = add("red"), add("blue")
    item = shown("image")
    publishing.save_item_draft(item, revision=0, media=old, by=owner, now=NOW)
    with pytest.raises(StillShown):
        media.trash_media(old, by=owner, now=NOW)
    replace_everywhere(old, new, by=owner, now=NOW)
    old.refresh_from_db()

    assert item.draft.media == new
    assert old.deleted_at == NOW


def test_other_kind_and_the_same_file_are_refused(client, owner, add):
    client.force_login(owner)
    asset = add("red")
    sound = SimpleUploadedFile("a.mp3", b"ID3" + bytes(range(256)) * 40)
    page = client.post(page_of(asset, "library_replace"), {"upload": sound})

    assert page.status_code == 422
    assert "This is another kind of file" in page.content.decode()
    assert MediaAsset.objects.count() == 1
    with pytest.raises(FileRefused, match="the very same"):
        replace_everywhere(asset, asset, by=owner, now=NOW)


def test_file_that_others_show_too_is_replaced_by_admins_alone(client, owner, add, shown):
    asset = add("red")
    item = shown("image", course=CourseFactory(), media=asset)
    client.force_login(owner)
    refused = client.post(page_of(asset, "library_replace"), {"upload": picture("blue")})

    assert "Courses of other people show this file too" in refused.content.decode()

    client.force_login(UserFactory(admin=True))
    done = client.post(page_of(asset, "library_replace"), {"upload": picture("blue")})
    item.refresh_from_db()
    assert done.status_code == 302
    assert item.current_version.media != asset


def test_file_of_an_item_that_could_not_be_saved_is_kept_and_the_page_says_why(
    client, owner, add, shown
):
    client.force_login(owner)
    asset = add("red")
    video = items.add_video(
        title="V", url="https://vimeo.com/1234567", poster=asset, by=owner, now=NOW
    )
    item = shown("video", video=video)
    VideoAsset.objects.update(status="failed")
    answer = client.post(page_of(asset, "library_replace"), {"upload": picture("blue")})
    item.refresh_from_db()

    assert answer.status_code == 422
    assert "This video cannot be played." in answer.content.decode()
    assert MediaAsset.objects.get() == asset
    assert item.current_version.video == video


def test_replacing_can_be_undone(client, owner, add, shown):
    client.force_login(owner)
    asset = add("red")
    item = shown("image", media=asset)
    client.post(page_of(asset, "library_replace"), {"upload": picture("blue")})
    page = client.get(reverse("content:library")).content.decode()

    assert "Undo</a>" in page
    undo = page[page.index("/undo/") :].partition('"')[0]
    client.post(undo)
    item.refresh_from_db()
    assert item.current_version.media == asset


def test_picker_offers_the_kinds_that_fit(client, owner, add):
    client.force_login(owner)
    add("red")
    media.add_media(io.BytesIO(b"ID3" + bytes(range(256)) * 40), name="a.mp3", by=owner, now=NOW)
    page = client.get(reverse("content:library_picker"), {"kinds": "image,nonsense"})

    assert names_on(page) == {"red.png"}
