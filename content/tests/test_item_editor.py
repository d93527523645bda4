"""Writing an item: drafts that wait, conflicts that are seen, previews that write nothing."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from content.models import ItemDraft, LessonItem, MediaAsset, VideoAsset
from content.services import items, media, publishing
from content.tests.factories import LessonFactory
from courses.models import Course
from courses.tests.factories import CourseFactory, RoleAssignmentFactory, RoleFactory
from tenancy.models import AuditEntry
from users.models import Permission
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
JSON = {"Accept": "application/json"}


def picture(name="stone.png", color="teal"):
    out = io.BytesIO()
    Image.new("RGB", (30, 20), color).save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue())


class Desk:
    """Somebody's browser at one item of a lesson."""

    def __init__(self, client, kind="text", owner=None, **said):
        self.client = client
        self.owner = owner or UserFactory(instructor=True)
        self.who = {"by": self.owner, "now": NOW}
        self.course = CourseFactory(owner=self.owner)
        self.lesson = LessonFactory(module__course=self.course)
        self.item = items.add_item(kind=kind, title="Stones", **self.who)
        if said:
            items.save_version(self.item, **said, **self.who)
        self.entry = LessonItem.objects.create(lesson=self.lesson, item=self.item, position=1)
        self.client.force_login(self.owner)

    def url(self, page="studio_item"):
        return reverse(f"content:{page}", args=[self.course.slug, self.lesson.pk, self.item.pk])

    def form(self, **values):
        draft = self.draft()
        base = self.item.versions.count()
        revision = draft.revision if draft else 0
        return {"title": "Stones", "body": "", "revision": revision, "base": base} | values

    def post(self, page="studio_item", *, headers=None, **values):
        return self.client.post(self.url(page), self.form(**values), headers=headers or {})

    def draft(self):
        return ItemDraft.objects.filter(item=self.item).first()

    def published(self):
        self.item.refresh_from_db()
        return self.item.current_version


@pytest.fixture
def desk(client, organization):
    return Desk(client, body="As it was.")


def test_draft_waits_until_it_is_published(desk):
    desk.post(body="As it will be.", title="Rocks")

    assert (desk.draft().body, desk.draft().title) == ("As it will be.", "Rocks")
    assert (desk.published().body, desk.item.title) == ("As it was.", "Stones")

    response = desk.post(body="As it will be.", title="Rocks", action="publish")

    assert response.status_code == 302
    assert (desk.published().body, desk.item.title, desk.draft()) == (
        *("As it will be.", "Rocks"),
        None,
    )


def test_page_comes_back_to_the_draft_and_is_not_kept_by_the_browser(desk):
    desk.post(body="Half a sen")
    page = desk.client.get(desk.url())

    assert "Half a sen</textarea>" in page.content.decode()
    assert "<p>Half a sen</p>" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_autosave_is_cheap_and_leaves_no_trace(desk):
    desk.post("studio_item_draft", body="First.", headers=JSON)
    before = AuditEntry.objects.count()
    version = Course.objects.get(pk=desk.course.pk).outline_version
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = desk.post("studio_item_draft", body="First. Second.", headers=JSON)

    assert response.json() == {"revision": 2, "base": 1, "errors": {}}
    assert desk.draft().body == "First. Second."
    assert AuditEntry.objects.count() == before
    assert Course.objects.get(pk=desk.course.pk).outline_version == version
    assert len(captured) <= 16


def test_autosave_keeps_what_is_right_and_names_what_is_not(desk):
    response = desk.post("studio_item_draft", body="Kept.", title="", headers=JSON)

    assert set(response.json()["errors"]) == {"title"}
    assert (desk.draft().body, desk.draft().title) == ("Kept.", "Stones")


def test_second_of_two_autosaves_from_the_same_draft_is_told(desk):
    first = desk.form(body="Mine.")
    desk.post("studio_item_draft", body="Theirs.", headers=JSON)
    response = desk.client.post(desk.url("studio_item_draft"), first, headers=JSON)

    assert response.status_code == 409
    assert desk.draft().body == "Theirs."


def test_conflict_shows_both_texts_and_saves_what_is_decided(desk):
    mine = desk.form(body="Mine, all mine.")
    desk.post(body="Theirs, all theirs.")
    response = desk.client.post(desk.url(), mine)
    page = response.content.decode()

    assert response.status_code == 409
    assert "Mine, all mine.</textarea>" in page
    assert ">Theirs, all theirs.</textarea>" in page
    assert "<mark>Theirs</mark>" in page
    assert "<mark>Mine</mark>" in page
    assert 'name="revision" value="1"' in page
    assert desk.draft().body == "Theirs, all theirs."

    desk.client.post(desk.url(), mine | {"revision": 1, "body": "Ours."})
    assert desk.draft().body == "Ours."


def test_what_was_published_meanwhile_is_not_overwritten(desk):
    mine = desk.form(body="Mine.")
    desk.post(body="Published.", action="publish")
    response = desk.client.post(desk.url(), mine)

    assert response.status_code == 409
    assert desk.draft() is None
    assert "Published." in response.content.decode()


def test_discarding_asks_and_names_the_draft_it_saw(desk):
    desk.post(body="Draft.")
    assert (
        "Discard this draft?" in desk.client.get(desk.url("studio_item_discard")).content.decode()
    )
    desk.client.post(desk.url("studio_item_discard"), {"revision": 0})
    desk.client.post(desk.url("studio_item_discard"), {"revision": "x"})
    assert desk.draft() is not None

    desk.client.post(desk.url("studio_item_discard"), {"revision": 1})
    assert desk.draft() is None


def test_preview_is_what_the_lesson_shows_and_writes_nothing(desk):
    response = desk.post("studio_item_preview", body="## Head\n\n<script>alert(1)</script>\n\n*so*")
    page = response.content.decode()

    assert "<em>so</em>" in page
    assert "<h2" in page
    assert "<script" not in page
    assert desk.draft() is None


def test_who_may_edit_but_not_publish_saves_only(desk):
    helper = RoleAssignmentFactory(
        course=desk.course, role=RoleFactory(permissions=[Permission.COURSE_EDIT])
    ).user
    desk.client.force_login(helper)

    assert "Publish this item" not in desk.client.get(desk.url()).content.decode()
    assert desk.post(body="New.", action="publish").status_code == 404
    assert desk.draft() is None
    assert desk.post(body="New.").status_code == 302
    assert desk.draft().body == "New."


@pytest.mark.parametrize(
    "page", ["studio_item", "studio_item_draft", "studio_item_preview", "studio_item_discard"]
)
def test_others_find_nothing(desk, page):
    desk.client.force_login(UserFactory(instructor=True))

    assert desk.post(page, body="x").status_code == 404


def test_item_of_another_lesson_is_not_found(desk):
    elsewhere = LessonFactory(module__course=desk.course)
    address = reverse("content:studio_item", args=[desk.course.slug, elsewhere.pk, desk.item.pk])

    assert desk.client.get(address).status_code == 404


def test_picture_is_uploaded_with_its_alternative_text(client, organization):
    desk = Desk(client, "image")
    response = desk.post(upload=picture(), alt="A stone", caption="Found")
    asset = MediaAsset.objects.get()

    assert response.status_code == 302
    assert (asset.alt, asset.course) == ("A stone", desk.course)
    assert (desk.draft().media, desk.draft().caption) == (asset, "Found")

    desk.post(media=asset.pk, alt="A grey stone", caption="Found", action="publish")
    asset.refresh_from_db()
    assert asset.alt == "A grey stone"
    assert 'alt="A grey stone"' in desk.published().html


def test_unfinished_item_is_saved_but_not_published(client, organization):
    desk = Desk(client, "image")
    response = desk.post(body="About it.", action="publish")
    page = response.content.decode()

    assert response.status_code == 422
    assert "Choose a file." in page
    assert desk.draft().body == "About it."
    assert desk.published() is None
    assert 'name="revision" value="1"' in page


def test_file_that_does_not_fit_is_refused_beside_its_field(client, organization):
    desk = Desk(client, "audio")
    page = desk.post(upload=picture()).content.decode()

    assert "does not fit here" in page
    assert desk.draft() is None


@pytest.mark.parametrize(
    "kind", ["text", "image", "video", "audio", "file", "presentation", "embed"]
)
def test_each_kind_has_its_page(client, organization, kind):
    desk = Desk(client, kind)
    with CaptureQueriesContext(connection) as captured:
        page = desk.client.get(desk.url())

    assert page.status_code == 200
    assert len(captured) <= 16


@pytest.mark.parametrize(
    ("kind", "pasted", "kept"),
    [
        ("embed", "https://codepen.io/a/pen/b", "https://codepen.io/a/pen/b"),
        ("embed", "https://youtu.be/abcdefghijk", "https://youtu.be/abcdefghijk"),
        (
            "embed",
            '<iframe width="560" src="https://www.youtube.com/embed/abcdefghijk?x=1&amp;y=2"></iframe>',
            "https://www.youtube.com/embed/abcdefghijk?x=1&y=2",
        ),
    ],
)
def test_pasted_addresses_are_embedded(client, organization, kind, pasted, kept):
    desk = Desk(client, kind)
    assert desk.post(url=pasted, action="publish").status_code == 302
    assert desk.published().url == kept
    assert "data-embed=" in desk.published().html


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "javascript:alert(1)", "https://codepen.io.evil.example/", "http://[", "x" * 5000],
)  # fmt: skip
def test_other_addresses_are_refused_beside_the_field(client, organization, url):
    desk = Desk(client, "embed")
    response = desk.post(url=url)

    assert response.status_code == 422
    assert 'id="id_url_notes"><div class="invalid-feedback' in response.content.decode()
    assert desk.draft() is None


def test_video_at_a_provider(client, organization):
    desk = Desk(client, "video")
    desk.post(url="https://vimeo.com/12345678", minutes=4, action="publish")
    video = desk.published().video

    assert (video.provider, video.provider_id, video.duration_seconds, video.status) == (
        *("vimeo", "12345678", 240, "ready"),
    )


def test_published_video_stays_while_its_draft_changes(client, organization):
    desk = Desk(client, "video")
    desk.post(url="https://vimeo.com/12345678", action="publish")
    poster = media.add_media(picture(), name="p.png", **desk.who)
    desk.post(url="https://vimeo.com/12345678", poster=poster.pk)
    draft_video = desk.draft().video

    assert draft_video != desk.published().video
    assert (draft_video.poster, desk.published().video.poster) == (poster, None)

    desk.post(url="https://vimeo.com/87654321", poster=poster.pk)
    assert desk.draft().video == draft_video
    assert VideoAsset.objects.count() == 2


def test_conflict_leaves_the_video_of_the_draft_alone(client, organization):
    desk = Desk(client, "video")
    mine = desk.form(url="https://vimeo.com/1111111")
    desk.post(url="https://vimeo.com/2222222")
    response = desk.client.post(desk.url(), mine | {"base": 0})

    assert response.status_code == 409
    assert desk.draft().video.provider_id == "2222222"


def test_bad_captions_are_refused_with_their_line(client, organization):
    desk = Desk(client, "video")
    bad = SimpleUploadedFile("a.vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nx")
    response = desk.post(url="https://vimeo.com/12345678", captions_upload=bad)

    assert "Line 3: A caption ends after it begins." in response.content.decode()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk", "[![Video](https"),
        ("https://codepen.io/a/pen/b", "[![https://codepen.io/a/pen/b]("),
    ],
)
def test_address_within_a_text_becomes_a_player(desk, address, said):
    answer = desk.client.get(desk.url("studio_item_embed"), {"url": address})
    text = answer.content.decode()
    desk.post(body=f"Look:\n\n{text}\n\nSo.", action="publish")

    assert text.startswith(said)
    assert "data-embed=" in desk.published().html
    assert "<img" not in desk.published().html


@pytest.mark.parametrize(
    "address", ["", "https://evil.example/", "\x00", "javascript:alert(1)", "http://["]
)
def test_other_addresses_stay_links(desk, address):
    assert desk.client.get(desk.url("studio_item_embed"), {"url": address}).status_code == 204


@pytest.mark.parametrize(
    "values",
    [
        {"body": "\x00"},
        {"body": "x" * 1_000_000},
        {"title": "t" * 300},
        {"revision": "-1"},
        {"revision": "9" * 40},
        {"base": "x"},
        {"media": "nonsense"},
        {"media": str(uuid.uuid4())},
        {"media": "\x00"},
        {"minutes": "9" * 30},
        {"body": "[" * 20_000},
        {"action": "\x00"},
    ],
)
@pytest.mark.parametrize("page", ["studio_item", "studio_item_draft", "studio_item_preview"])
@pytest.mark.parametrize("kind", ["image", "video"])
def test_nonsense_is_answered(client, organization, kind, page, values):
    desk = Desk(client, kind)
    assert desk.post(page, **values).status_code in (200, 302, 400, 409, 413, 422)


@pytest.mark.parametrize("page", ["studio_item", "studio_item_draft", "studio_item_preview"])
def test_empty_form_is_answered(desk, page):
    assert desk.client.post(desk.url(page), {}).status_code in (200, 400, 422)
    assert desk.draft() is None


def test_files_of_other_people_cannot_be_picked(client, organization):
    foreign = media.add_media(
        picture(), name="secret.png", by=UserFactory(instructor=True), now=NOW
    )
    desk = Desk(client, "image")
    page = desk.post(media=foreign.pk)

    assert page.status_code == 422
    assert desk.draft() is None


def test_draft_begun_elsewhere_is_shown_in_other_lessons_too(desk):
    other = LessonFactory(module__course=desk.course)
    LessonItem.objects.create(lesson=other, item=desk.item, position=1)

    assert "1 other lesson shows this too." in desk.client.get(desk.url()).content.decode()


def test_publishing_names_the_revision_that_was_saved(desk):
    """Saving and publishing are one step: nobody's words slip in between."""
    desk.post(body="Ready.")
    publishing.save_item_draft(desk.item, revision=1, body="Theirs.", **desk.who)
    stale = desk.form(body="Ready.", action="publish") | {"revision": 1}

    assert desk.client.post(desk.url(), stale).status_code == 409
    assert desk.published().body == "As it was."
