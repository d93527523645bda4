"""Versions stay, what they show is prepared once, and nothing of another site is loaded unasked."""

import io
import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from PIL import Image

from content import videos
from content.models import ContentVersion, LessonItem, MediaUse
from content.rendering import anchor_of, lesson_items, render_lesson
from content.resolving import References
from content.services import items, media
from content.services.items import ContentRefused
from content.tests.factories import LessonFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


def picture(color="teal", width=900):
    out = io.BytesIO()
    Image.new("RGB", (width, 30), color).save(out, "PNG")
    return media.add_media(io.BytesIO(out.getvalue()), name=f"{color}.png", alt="A <stone>", **WHO)


def sound():
    return media.add_media(io.BytesIO(b"ID3" + b"\0" * 2000), name="a.mp3", **WHO)


def an_item(kind="text", title="An item"):
    return items.add_item(kind=kind, title=title, **WHO)


def shown(item, **content):
    """The page of a lesson that shows the item."""
    lesson = LessonFactory()
    items.save_version(item, **content, **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    return str(render_lesson(lesson.pk))


@pytest.fixture(autouse=True)
def _school(organization):
    pass


# Versions


def test_saving_adds_a_version_and_saving_the_same_does_not():
    item, author = an_item(), UserFactory()
    first = items.save_version(item, body="One", by=author, now=NOW)
    same = items.save_version(item, body="One", **WHO)
    second = items.save_version(item, body="Two", **WHO)

    item.refresh_from_db()
    assert (first.is_new, same.is_new, second.is_new) == (True, False, True)
    assert same.version == first.version
    assert (item.current_version, second.version.number) == (second.version, 2)
    assert first.version.created_by == author


def test_restoring_adds_a_version_with_the_old_content():
    item, stone = an_item(), picture()
    references = References({"stone.png": stone}.get)
    old = items.save_version(item, body="![](stone.png) [x](y.md)", references=references, **WHO)
    items.save_version(item, body="Something else", **WHO)

    restored = items.restore_version(old.version, **WHO)

    assert (restored.version.number, restored.version.body) == (3, old.version.body)
    assert restored.version.html == old.version.html
    assert str(stone.pk) in restored.version.html
    again = items.restore_version(old.version, **WHO)
    assert again.is_new is False


@pytest.mark.parametrize("change", [{"body": "changed"}, {"number": 9}, {"caption": "new"}])
def test_database_refuses_to_change_a_version(change):
    version = items.save_version(an_item(), body="One", **WHO).version
    with pytest.raises(IntegrityError, match="save a new one"), transaction.atomic():
        ContentVersion.objects.filter(pk=version.pk).update(**change)


def test_author_may_be_erased_and_html_made_anew_but_no_author_put_in():
    author = UserFactory()
    version = items.save_version(an_item(), body="One", by=author, now=NOW).version
    ContentVersion.objects.filter(pk=version.pk).update(html="<p>Anew</p>", created_by=None)
    with pytest.raises(IntegrityError, match="save a new one"), transaction.atomic():
        ContentVersion.objects.filter(pk=version.pk).update(created_by=author)


def test_an_edited_text_keeps_the_images_and_links_it_came_with():
    item, stone = an_item(), picture()
    references = References({"a/stone.png": stone}.get, {"b.md": "/b/", "c.md": ""}.get)
    items.save_version(
        item, body="![](a/stone.png) [b](b.md) [c](c.md)", references=references, **WHO
    )

    edited = items.save_version(item, body="![](a/stone.png) [b](b.md) [c](c.md) more", **WHO)

    assert str(stone.pk) in edited.version.html
    assert 'href="/b/"' in edited.version.html
    assert "c.md" not in edited.version.html


def test_html_is_refreshed_without_a_new_version_when_a_link_finds_its_target():
    item = an_item()
    first = items.save_version(
        item, body="[b](b.md)", references=References(lambda _src: None, {"b.md": ""}.get), **WHO
    )
    second = items.save_version(
        item, body="[b](b.md)", references=References(lambda _src: None, {"b.md": "/b/"}.get), **WHO
    )
    assert (second.is_new, second.version) == (False, first.version)
    assert 'href="/b/"' in ContentVersion.objects.get(pk=first.version.pk).html


def test_files_of_a_version_are_known():
    stone, poster = picture(), picture("red")
    clip = media.add_media(io.BytesIO(b"\0\0\0\x18ftypisom" + b"\0" * 500), name="a.mp4", **WHO)
    video = items.add_video(title="V", file=clip, poster=poster, **WHO)
    item = an_item("video")
    version = items.save_version(item, video=video, body=f"![](/media/{stone.pk}/original/)", **WHO)
    uses = MediaUse.objects.filter(version=version.version).values_list("media_id", flat=True)
    assert set(uses) == {stone.pk, poster.pk, clip.pk}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", {}),
        ("video", {}),
        ("audio", {}),
        ("file", {}),
        ("presentation", {}),
        ("embed", {}),
        ("embed", {"url": "http://codepen.io/x"}),
        ("embed", {"url": "https://codepen.io.evil.example/x"}),
        ("embed", {"url": "https://evil.example/?https://codepen.io"}),
        ("embed", {"url": "javascript:alert(1)//https://codepen.io"}),
        ("text", {"url": "https://codepen.io/x"}),
        ("text", {"body": "x" * 600_000}),
    ],
)
def test_what_cannot_be_shown_is_refused(kind, content):
    with pytest.raises(ContentRefused):
        items.save_version(an_item(kind), **content, **WHO)


def test_file_has_to_fit_the_kind():
    with pytest.raises(ContentRefused, match="does not fit"):
        items.save_version(an_item("audio"), media=picture(), **WHO)
    with pytest.raises(ContentRefused, match="not a video"):
        items.add_video(title="V", file=picture(), **WHO)


# Rendering


def test_text_is_stored_as_shown():
    page = shown(an_item(), body="# Hi\n\n*there* <script>alert(1)</script>")
    assert "<em>there</em>" in page
    assert "script" not in page


def test_image_has_its_sizes_and_words():
    page = shown(an_item("image", "Title"), media=picture(), caption="A & B", body="*More.*")
    assert re.search(r'srcset="/media/[^"]*/320/ 320w, [^"]*640w, [^"]*/original/ 900w"', page)
    assert 'width="900" height="30" loading="lazy"' in page
    assert 'alt="A &lt;stone&gt;"' in page
    assert "<figcaption>A &amp; B</figcaption>" in page
    assert "<em>More.</em>" in page


def test_video_of_a_provider_loads_nothing_before_a_click():
    video = items.add_video(
        title="V", url="https://www.youtube.com/watch?v=abc-_DEF123", duration_seconds=61, **WHO
    )
    page = shown(an_item("video", '"Quoted" <title>'), video=video)
    assert "<iframe" not in page
    assert not re.search(r'(src|poster|srcset)="https?:', page)
    assert 'data-embed="https://www.youtube-nocookie.com/embed/abc-_DEF123?' in page
    assert "&lt;title&gt;" in page
    assert "Play video (2 min)" in page
    assert "kept at youtube.com" in page


def test_words_of_a_player_are_in_the_readers_language():
    video = items.add_video(title="V", url="https://vimeo.com/12345678", **WHO)
    item = an_item("video")
    with translation.override("de"):
        items.save_version(item, video=video, **WHO)
    lesson = LessonFactory()
    items.put_in_lesson(lesson, item, **WHO)
    with translation.override("en"):
        assert "Play video" in render_lesson(lesson.pk)
    assert "\ue000" not in render_lesson(lesson.pk)


def test_own_video_audio_and_files():
    clip = media.add_media(io.BytesIO(b"\0\0\0\x18ftypisom" + b"\0" * 500), name="a.mp4", **WHO)
    captions = media.add_media(
        io.BytesIO(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHello."), name="a.vtt", **WHO
    )
    video = items.add_video(title="V", file=clip, captions=captions, **WHO)
    page = shown(an_item("video"), video=video)
    assert f'<video controls preload="none" src="/media/{clip.pk}/original/"' in page
    assert f'<track kind="captions" src="/media/{captions.pk}/original/" label="Captions"' in page
    assert "<audio controls" in shown(an_item("audio"), media=sound())
    assert "2.0\xa0KB" in shown(an_item("file"), media=sound())


def test_embedded_page_waits_for_a_click():
    page = shown(an_item("embed", "Pen"), url="https://codepen.io/pen/embed/abc")
    assert 'data-embed="https://codepen.io/pen/embed/abc"' in page
    assert "<iframe" not in page
    assert "comes from codepen.io" in page


@pytest.mark.parametrize("mark", ["\ue000size:x\ue001", "\ue000play:x\ue001", "\ue000icon:x\ue001"])
def test_marks_in_peoples_words_mean_nothing(mark):
    for kind, content in (("file", {"media": sound()}), ("embed", {"url": "https://codepen.io/x"})):
        page = shown(an_item(kind, f"T{mark}"), body=f"B{mark}", **content)
        assert "\ue000" not in page
    assert mark[1:-1] in shown(an_item(), body=f"B{mark}")


def test_picture_of_another_site_that_leads_to_a_video_becomes_a_player():
    body = "[![Loops](https://img.youtube.com/vi/x/0.jpg)](https://youtu.be/abcdefghijk)"
    references = References(lambda _src: None)
    lesson, item = LessonFactory(), an_item()
    items.save_version(item, body=body, references=references, **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    page = render_lesson(lesson.pk)
    assert 'data-embed="https://www.youtube-nocookie.com/embed/abcdefghijk' in page
    assert "<strong>Loops</strong>" in page
    assert "img.youtube.com" not in page


def test_lesson_shows_pinned_or_newest_versions_in_order(django_assert_num_queries):
    lesson, one, two = LessonFactory(), an_item(title="One"), an_item(title="Two")
    first = items.save_version(one, body="old", **WHO).version
    items.save_version(one, body="new", **WHO)
    items.save_version(two, body="second", **WHO)
    entry = items.put_in_lesson(lesson, one, **WHO)
    items.put_in_lesson(lesson, two, position=1, **WHO)

    with django_assert_num_queries(1):
        assert re.findall(r"<p>(\w+)</p>", render_lesson(lesson.pk)) == ["second", "new"]
    items.pin_version(entry, first, **WHO)
    assert re.findall(r"<p>(\w+)</p>", render_lesson(lesson.pk)) == ["second", "old"]
    with pytest.raises(ContentRefused, match="another item"):
        items.pin_version(LessonItem.objects.get(item=two), first, **WHO)
    items.take_from_lesson(LessonItem.objects.get(item=two), **WHO)
    assert [row.anchor for row in lesson_items(lesson.pk)] == [anchor_of(one.pk)]
    assert LessonItem.objects.get(item=one).position == 1


def test_items_of_a_lesson_are_numbered_from_one():
    lesson = LessonFactory()
    entries = {
        title: items.put_in_lesson(lesson, an_item(title=title), position=position, **WHO)
        for title, position in (("C", None), ("A", 1), ("B", 2), ("D", 9))
    }

    def order():
        rows = LessonItem.objects.filter(lesson=lesson).order_by("position")
        return [(row.item.title, row.position) for row in rows.select_related("item")]

    assert order() == [("A", 1), ("B", 2), ("C", 3), ("D", 4)]
    assert [entry.position for entry in entries.values()] == [1, 1, 2, 4]
    items.take_from_lesson(entries["B"], **WHO)
    items.order_items(lesson, [entries["D"].pk], **WHO)
    assert order() == [("D", 1), ("A", 2), ("C", 3)]


def test_item_in_use_stays_out_of_the_trash():
    lesson, item = LessonFactory(), an_item()
    entry = items.put_in_lesson(lesson, item, **WHO)
    with pytest.raises(ContentRefused, match="A lesson shows"):
        items.trash_item(item, **WHO)
    items.take_from_lesson(entry, **WHO)
    items.trash_item(item, **WHO)
    items.trash_item(item, **WHO)
    assert item.deleted_at == NOW
    assert items.restore_item(item, **WHO).deleted_at is None


# Addresses of videos


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.youtube.com/watch?v=abcdefghijk&t=4", ("youtube", "abcdefghijk")),
        ("https://youtube.com/watch?v=abcdefghijk", ("youtube", "abcdefghijk")),
        ("https://youtu.be/abcdefghijk?si=x", ("youtube", "abcdefghijk")),
        ("https://m.youtube.com/shorts/abcdefghijk", ("youtube", "abcdefghijk")),
        ("https://www.youtube-nocookie.com/embed/abcdefghijk", ("youtube", "abcdefghijk")),
        ("https://vimeo.com/123456789", ("vimeo", "123456789")),
        ("https://player.vimeo.com/video/123456789", ("vimeo", "123456789")),
        ("https://vimeo.com/123456789/abcdef0123", ("vimeo", "123456789/abcdef0123")),
        ("https://youtube.com.evil.example/watch?v=abcdefghijk", None),
        ("https://youtu.be/abc", None),
        ('https://youtu.be/abcdefghij"', None),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_video_at(url, expected):
    assert videos.video_at(url) == expected
