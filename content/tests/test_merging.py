"""One course, two faces: what one of them changed stays changed, what both changed is somebody's choice."""

import io

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from content.importing import apply_tree, read_folder
from content.importing.merging import Merge, Prefer
from content.models import ContentItem, CourseText, ItemDraft, Lesson, LessonDraft, Module
from content.services import items, outline
from content.services.publishing import publish_lesson
from courses.models import Course, CourseDraft
from courses.services import publish_course, update_course
from tenancy.models import AuditEntry
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
WHO = {"by": None, "now": NOW}


def png():
    out = io.BytesIO()
    Image.new("RGB", (9, 9), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def owner(organization):
    return UserFactory(username="ines", instructor=True)


@pytest.fixture
def folder(tmp_path):
    write(
        tmp_path,
        {
            "course.yaml": "format: 1\ntitle: Tea\nslug: tea\nsummary: Hot.\n",
            "1-a/1-x.md": "---\ntitle: X\nsummary: One.\n---\n\nText of x.\n",
            "1-a/2-y.md": "---\ntitle: Y\n---\n\nText of y.\n",
        },
    )
    return tmp_path


@pytest.fixture
def course(folder, owner):
    return import_(folder, owner).course


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def replace(folder, name, old, new):
    path = folder / name
    path.write_text(path.read_text().replace(old, new))


def import_(folder, owner, **options):
    return apply_tree(read_folder(folder), owner=owner, now=NOW, **options)


def item_of(slug):
    return ContentItem.objects.get(uses__lesson__slug=slug)


def body_of(slug):
    return item_of(slug).current_version.body


BASE, TEXT, FORM = "base", "text", "form"


@pytest.mark.parametrize(
    ("text", "form", "prefer", "is_taken", "is_conflict"),
    [
        (BASE, BASE, None, False, False),
        (TEXT, BASE, None, True, False),
        (BASE, FORM, None, False, False),
        (TEXT, TEXT, None, False, False),
        (TEXT, FORM, None, False, True),
        (TEXT, FORM, Prefer.TEXT, True, False),
        (TEXT, FORM, Prefer.FORM, False, False),
        (BASE, FORM, Prefer.TEXT, False, False),
        (TEXT, BASE, Prefer.FORM, True, False),
    ],
)
def test_each_case_of_base_text_and_form(text, form, prefer, is_taken, is_conflict):
    merge = Merge({"k": BASE}, prefer=prefer)
    assert merge.takes("k", text, form) is is_taken
    assert bool(merge.conflicts) is is_conflict
    assert merge.said == {"k": BASE if is_conflict else text}


@pytest.mark.parametrize(
    ("text", "form", "is_taken", "is_conflict"),
    [
        (["b", "a"], ["a", "b"], True, False),
        (["a", "b"], ["b", "a"], False, False),
        (["a", "c", "b"], ["a", "b"], True, False),
        (["b", "a", "c"], ["c", "b", "a"], False, True),
        (["b", "a"], ["b", "own", "a"], True, False),
        (["a"], ["b", "a"], True, False),
    ],
)
def test_orders(text, form, is_taken, is_conflict):
    base = ["a", "b", "c"] if is_conflict else ["a", "b"]
    merge = Merge({"k": base})
    assert merge.takes_order("k", text, form, where="Tea") is is_taken
    assert bool(merge.conflicts) is is_conflict


def test_what_the_forms_changed_stays(folder, course, owner):
    update_course(course.pk, summary="Hotter.", **WHO)
    outline.update_lesson(Lesson.objects.get(slug="x"), title="X by hand", **WHO)
    items.save_version(item_of("x"), body="By hand.", **WHO)
    entries = AuditEntry.objects.count()

    report = import_(folder, owner)

    assert report.is_unchanged
    assert report.conflicts == []
    assert AuditEntry.objects.count() == entries
    assert (Course.objects.get().summary, body_of("x")) == ("Hotter.", "By hand.")
    assert Lesson.objects.get(slug="x").title == "X by hand"


def test_different_pieces_of_the_same_lesson_merge(folder, course, owner):
    outline.update_lesson(Lesson.objects.get(slug="x"), summary="By hand.", **WHO)
    items.save_version(item_of("y"), body="By hand.", **WHO)
    replace(folder, "1-a/1-x.md", "Text of x.", "New text.")
    replace(folder, "1-a/1-x.md", "title: X", "title: XX")

    report = import_(folder, owner)

    lesson = Lesson.objects.get(slug="x")
    assert (lesson.title, lesson.summary, body_of("x"), body_of("y")) == (
        "XX", "By hand.", "New text.", "By hand.",
    )  # fmt: skip
    assert report.conflicts == []


def test_what_both_changed_waits_for_a_choice(folder, course, owner):
    items.save_version(item_of("x"), body="By hand.", **WHO)
    update_course(course.pk, summary="By hand.", **WHO)
    replace(folder, "1-a/1-x.md", "Text of x.", "By text.")
    replace(folder, "course.yaml", "Hot.", "By text.")
    replace(folder, "1-a/2-y.md", "Text of y.", "New.")

    report = import_(folder, owner)
    assert [(each.where, each.name, each.text, each.form) for each in report.conflicts] == [
        ("Tea", "summary", "By text.", "By hand."),
        ("X", "body", "By text.", "By hand."),
    ]
    assert (body_of("x"), body_of("y")) == ("By hand.", "New.")
    assert len(import_(folder, owner).conflicts) == 2

    report = import_(folder, owner, choices={report.conflicts[1].key: "text"}, prefer=Prefer.FORM)
    assert report.conflicts == []
    assert (Course.objects.get().summary, body_of("x")) == ("By hand.", "By text.")
    again = import_(folder, owner)
    assert (again.is_unchanged, again.conflicts) == (True, [])


def test_order_made_by_hand_stays_until_the_text_has_another(folder, course, owner):
    module = Module.objects.get()
    lessons = list(Lesson.objects.order_by("position"))
    outline.order_lessons(module, [lessons[1].pk, lessons[0].pk], **WHO)
    import_(folder, owner)
    titles = Lesson.objects.order_by("position").values_list("title", flat=True)
    assert list(titles) == ["Y", "X"]


def test_words_of_a_published_course_wait_and_order_acts(folder, course, owner):
    publish_course(course.pk, by=owner, now=NOW)
    replace(folder, "course.yaml", "Hot.", "Hotter.")
    replace(folder, "1-a/1-x.md", "title: X", "title: XX\ncompletion: viewed")
    replace(folder, "1-a/1-x.md", "Text of x.", "New text.")
    write(folder, {"1-a/3-z.md": "---\ntitle: Z\n---\n\nText of z.\n"})

    import_(folder, owner)

    lesson = Lesson.objects.get(slug="x")
    assert (Course.objects.get().summary, lesson.title, body_of("x")) == ("Hot.", "X", "Text of x.")
    assert lesson.completion == "viewed"
    assert CourseDraft.objects.get().changes == {"summary": "Hotter."}
    assert LessonDraft.objects.get().changes == {"title": "XX"}
    assert {draft.body for draft in ItemDraft.objects.all()} == {"New text."}
    assert Lesson.objects.get(slug="z").is_draft
    entries = AuditEntry.objects.count()
    assert import_(folder, owner).is_unchanged
    assert AuditEntry.objects.count() == entries


def test_published_by_the_command_at_once(folder, course, owner):
    publish_course(course.pk, by=owner, now=NOW)
    replace(folder, "1-a/1-x.md", "Text of x.", "New text.")
    arguments = [str(folder), "--organization", "harbor", "--owner", "ines", "--publish"]
    call_command("import_course", *arguments)
    assert body_of("x") == "New text."
    assert ItemDraft.objects.count() == 0


def test_picture_of_a_waiting_text_is_shown_once_it_is_published(folder, course, owner):
    publish_course(course.pk, by=owner, now=NOW)
    (folder / "1-a/p.png").write_bytes(png())
    replace(folder, "1-a/1-x.md", "Text of x.", "![p](p.png) [y](2-y.md)")
    import_(folder, owner)
    lesson = Lesson.objects.get(slug="x")
    publish_lesson(lesson, by=owner, now=NOW)
    html = item_of("x").current_version.html
    assert 'src="/media/' in html
    assert 'href="/courses/tea/lessons/y/"' in html


def test_export_is_a_base_for_the_next_import(course, owner, tmp_path):
    CourseText.objects.all().delete()
    text = tmp_path / "text"
    call_command("export_course", "tea", text, "--organization", "harbor")
    items.save_version(item_of("x"), body="By hand.", **WHO)
    update_course(course.pk, summary="By hand.", **WHO)
    entries = AuditEntry.objects.count()

    report = import_(text, owner)

    assert (report.is_unchanged, report.conflicts) == (True, [])
    assert AuditEntry.objects.count() == entries
    assert (Course.objects.get().summary, body_of("x")) == ("By hand.", "By hand.")
