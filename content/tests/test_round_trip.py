"""What an export says comes in again to the letter: export, import and export are the same bytes."""

import io
import shutil
import zipfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from content.exporting import bundle_of, write_folder, write_zip
from content.exporting.writing import as_yaml
from content.importing import apply_tree, read_folder
from content.models import ContentItem, ItemDraft, LessonItem, MediaAsset
from content.services import items, outline, publishing
from content.services.media import add_media
from courses.models import Course, Subject
from courses.services import create_course
from lib import frontmatter
from lib.text import clean_text
from tenancy.context import organization_context
from tenancy.models import AuditEntry
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DEMO = Path(__file__).parent.parent / "demo"
WHO = {"by": None, "now": NOW}


@pytest.fixture
def owner(organization):
    return UserFactory(username="ines", instructor=True)


def exported(course, folder):
    shutil.rmtree(folder, ignore_errors=True)
    write_folder(bundle_of(course), folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def comes_again(course, organization, tmp_path):
    """Exported, imported into another organization, and exported there."""
    first = exported(course, tmp_path / "first")
    with organization_context(organization):
        owner = UserFactory(instructor=True)
        report = apply_tree(read_folder(tmp_path / "first"), owner=owner, now=NOW)
        second = exported(report.course, tmp_path / "second")
        again = apply_tree(read_folder(tmp_path / "second"), owner=owner, now=NOW)
    assert second.keys() == first.keys()
    for path, data in first.items():
        assert second[path] == data, path
    assert again.is_unchanged
    return report


@contextmanager
def roll_back():
    """Whatever the block writes is taken back at its end."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def picture(color="red", image_format="JPEG", size=(60, 40)):
    out = io.BytesIO()
    image = Image.effect_noise(size, 90).convert("RGB")
    image.paste(Image.new("RGB", (10, 10), color))
    image.save(out, image_format)
    out.seek(0)
    return out


@pytest.mark.parametrize("name", ["learning-how-to-learn", "git-without-fear"])
def test_demo_courses_round_trip(owner, other_organization, tmp_path, name):
    course = apply_tree(read_folder(DEMO / name), owner=owner, now=NOW).course
    report = comes_again(course, other_organization, tmp_path)
    assert report.left_out == []


def test_real_course_round_trips(owner, other_organization, test_data, tmp_path):
    folder = test_data("web-dev-for-beginners", "course")
    course = apply_tree(read_folder(folder), owner=owner, now=NOW).course
    report = comes_again(course, other_organization, tmp_path)
    assert report.image_count == 52  # one is there twice under two names
    assert [entry.reason.split(": ")[-1] for entry in report.left_out] == [
        "Pictures of other sites are not loaded."
    ]


def test_export_into_the_same_course_changes_nothing(owner, tmp_path):
    course = apply_tree(read_folder(DEMO / "git-without-fear"), owner=owner, now=NOW).course
    write_folder(bundle_of(course), tmp_path / "text")
    entries = AuditEntry.objects.count()

    report = apply_tree(read_folder(tmp_path / "text"), owner=owner, now=NOW)

    assert report.course == course
    assert report.is_unchanged
    assert AuditEntry.objects.count() == entries


# Generated courses

_CHARS = st.characters(exclude_categories=("Cs", "Cc"))
_TITLES = st.text(_CHARS, min_size=1, max_size=60).filter(lambda text: text.strip())
_ODD = [
    "---", "- a", "a: b", "# x", "=", "yes", "null", "1e3", "2026-01-01", "0x1", "'", '"', "{{ x }}",
    "<script>alert(1)</script>", "../../etc/passwd", "CON", "a/b", "مرحبا", "日本語", "e\u0301", "🎉🎉", "\u2028x",
    "\u202eevil", "%PDF", "x" * 200, "~", "!!python/object", "&a", "*a", "|", ">", "? x", "a #b", "\ufeffb", "@",
]  # fmt: skip
_NAMES = (_TITLES | st.sampled_from(_ODD)).map(clean_text)  # as every form gives it
_BODIES = (
    st.text(_CHARS | st.sampled_from("\n #*-_`>|[]()!<&\\"), max_size=200)
    | st.lists(st.sampled_from(_ODD), max_size=6).map("\n".join)
    | st.sampled_from(
        [
            "", "\n", "\n\ntext\n\n", "  indented", "---\ntitle: x\n---\ny", "# Heading\n\nText",
            "![a](a.png) [b](b.md) [c](/x) [d](?) [e](#x) ![f](https://e.org/f.png)", "[x]: y\n\n[x]",
        ]
    )
)  # fmt: skip
_MOMENTS = st.integers(946_684_800_000_000, 4_102_444_800_000_000).map(
    lambda micros: datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)
)
_RELEASES = st.one_of(
    st.just({}),
    st.builds(lambda moment: {"opens_at": moment}, _MOMENTS),
    st.builds(lambda days: {"opens_after_days": days}, st.integers(0, 32_767)),
)
_LESSONS = st.fixed_dictionaries(
    {
        "title": _NAMES,
        "summary": _NAMES | st.just(""),
        "duration_minutes": st.none() | st.integers(0, 100_000),
        "is_preview": st.booleans(),
        "is_draft": st.booleans(),
        "completion_seconds": st.none() | st.integers(1, 9_999),
        "completion": st.sampled_from(["manual", "viewed"]),
        "release": _RELEASES,
    }
)
_ITEMS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(ContentItem.Kind)),
        "title": _NAMES,
        "body": _BODIES,
        "caption": _NAMES | st.just(""),
        "metadata": st.sampled_from([{}, {"show_title": True}, {"role": "opening"}, {"role": "assignment"}]),
        "is_waiting": st.booleans(),
    }
)  # fmt: skip
_MODULES = st.fixed_dictionaries(
    {
        "title": _NAMES,
        "description": _BODIES,
        "is_draft": st.booleans(),
        "lesson_order": st.sampled_from(["course", "sequential", "free"]),
        "release": _RELEASES,
        "lessons": st.lists(st.tuples(_LESSONS, st.lists(_ITEMS, max_size=3)), max_size=3),
    }
)
_COURSES = st.fixed_dictionaries(
    {
        "title": _NAMES,
        "summary": _NAMES | st.just(""),
        "description": _BODIES.map(clean_text),
        "tags": st.lists(_NAMES.map(lambda text: text[:50]), max_size=3),
        "objectives": st.lists(_NAMES, max_size=3),
        "requirements": st.lists(_NAMES, max_size=3),
        "language": st.sampled_from(["en", "de", "no"]),
        "difficulty_level": st.sampled_from(["", "beginner"]),
        "duration_minutes": st.none() | st.integers(0, 600_000),
        "visibility": st.sampled_from(["public", "private"]),
        "enrollment_type": st.sampled_from(["open", "approval", "restricted"]),
        "max_capacity": st.none() | st.integers(1, 10_000),
        "waitlist_enabled": st.booleans(),
        "offer_hours": st.integers(0, 720),
        "enrollment_closes_at": st.none() | _MOMENTS,
        "access": st.one_of(
            st.just({}),
            st.builds(lambda moment: {"access_ends_at": moment}, _MOMENTS),
            st.builds(lambda days: {"access_days": days}, st.integers(1, 32_767)),
        ),
        "is_sequential": st.booleans(),
        "certificate_enabled": st.booleans(),
        "price": st.none() | st.decimals(0, 9_999_999, places=2),
        "currency": st.sampled_from(["EUR", "USD"]),
    }
)


class Library:
    """Files of each kind, the same for all generated courses."""

    def __init__(self, course):
        def add(file, name, **said):
            return add_media(file, name=name, course=course, **said, **WHO)

        def text(data):
            return ContentFile(data)

        self.image = add(picture(), "a photo.jpg", alt="Ein Bild: «alt»", tags=["x", "ü y"])
        self.poster = add(picture("blue", "WEBP"), "Ünï.webp", title="日本")
        self.audio = add(text(b"ID3" + bytes(200)), "sound.mp3", access=MediaAsset.Access.STAFF)
        self.film = add(text(b"\x00\x00\x00\x18ftypisom" + bytes(200)), "film.mp4")
        self.captions = add(text(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n"), "en.vtt")
        self.paper = add(text(b"%PDF-1.4\n"), "paper.pdf", title="a photo")

    def content(self, kind):
        """What an item of a kind shows."""
        if kind == ContentItem.Kind.VIDEO:
            own = {"file": self.film, "poster": self.poster, "captions": self.captions}
            return {
                "video": items.add_video(
                    title="Film", description="d", duration_seconds=7, **own, **WHO
                )
            }
        if kind == ContentItem.Kind.EMBED:
            return {"url": "https://www.youtube.com/watch?v=abcdefghijk"}
        files = {
            "image": self.image,
            "audio": self.audio,
            "file": self.paper,
            "presentation": self.paper,
        }
        return {"media": files[kind]} if kind in files else {}


def build(values, modules, owner):
    subject = Subject.objects.get_or_create(title="Odd: things", slug="odd-things")[0]
    values = {**values, "title": values["title"][:200]}
    access = values.pop("access")
    course = create_course(owner=owner, subject=subject, **values, **access, **WHO)
    library = Library(course)
    for module_values in modules:
        given = dict(module_values)
        lessons, release = given.pop("lessons"), given.pop("release")
        module = outline.add_module(course, **given, **release, **WHO)
        for lesson_values, item_values in lessons:
            lesson_values = dict(lesson_values)
            release = lesson_values.pop("release")
            lesson = outline.add_lesson(module, **lesson_values, **release, **WHO)
            for each in item_values:
                add_item(lesson, each, library)
    return course


def add_item(lesson, given, library):
    item = items.add_item(
        kind=given["kind"], title=given["title"], metadata=given["metadata"], **WHO
    )
    items.put_in_lesson(lesson, item, **WHO)
    body = f"{given['body']}\n\n![x](/media/{library.image.pk}/original/) [p](/media/{library.paper.pk}/)"
    says = {"body": body, "caption": given["caption"], **library.content(given["kind"])}
    if given["is_waiting"]:
        publishing.save_item_draft(item, revision=0, **says, **WHO)
    else:
        items.save_version(item, **says, **WHO)


@given(values=_COURSES, modules=st.lists(_MODULES, max_size=3))
@settings(
    derandomize=True,
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_generated_courses_round_trip(owner, other_organization, tmp_path, values, modules):
    with roll_back():
        comes_again(build(values, modules, owner), other_organization, tmp_path)


@given(body=_BODIES, title=_NAMES, last=st.sampled_from(["", "\n", "\n\n", "\n...\n", "\n---\n"]))
def test_values_are_read_as_they_were_written(body, title, last):
    values = {"title": title, "description": body + last}
    said = {name: value for name, value in values.items() if value}

    assert frontmatter.split(f"---\n{as_yaml(values)}---\nText") == (said, "Text")


def test_archive_is_the_same_each_time_and_holds_the_folder(owner, tmp_path):
    course = apply_tree(read_folder(DEMO / "git-without-fear"), owner=owner, now=NOW).course
    files = exported(course, tmp_path / "folder")
    first, second = io.BytesIO(), io.BytesIO()
    write_zip(bundle_of(course), first)
    write_zip(bundle_of(Course.objects.get()), second)

    assert first.getvalue() == second.getvalue()
    with zipfile.ZipFile(first) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_drafts_wait_and_what_was_never_published_is_written(owner, tmp_path):
    course = apply_tree(read_folder(DEMO / "git-without-fear"), owner=owner, now=NOW).course
    entry = LessonItem.objects.filter(lesson__course=course).select_related("item").first()
    publishing.save_item_draft(entry.item, revision=0, body="Not yet.", **WHO)
    new = items.add_item(kind="text", title="New", **WHO)
    items.put_in_lesson(entry.lesson, new, **WHO)
    publishing.save_item_draft(new, revision=0, body="Never seen.", **WHO)

    said = b"".join(exported(course, tmp_path / "text").values())

    assert b"Never seen." in said
    assert b"Not yet." not in said
    assert ItemDraft.objects.count() == 2


def test_command_writes_a_folder(owner, tmp_path, capsys):
    apply_tree(read_folder(DEMO / "git-without-fear"), owner=owner, now=NOW)
    call_command("export_course", "git-without-fear", tmp_path / "text", "--organization", "harbor")

    assert "files written" in capsys.readouterr().out
    assert apply_tree(read_folder(tmp_path / "text"), owner=owner, now=NOW).is_unchanged
    for slug, said in (("git-without-fear", "is not empty"), ("nothing", "There is no course")):
        with pytest.raises(CommandError, match=said):
            call_command("export_course", slug, tmp_path / "text", "--organization", "harbor")
