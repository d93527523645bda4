"""A real course goes in whole, twice without a difference; hostile folders come back with a reason."""

import os
import re
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from content.importing import (
    CourseTree,
    ImportRefused,
    Why,
    apply_tree,
    course_from_values,
    read_folder,
)
from content.importing.report import CREATED, REMOVED, UNCHANGED, UPDATED
from content.importing.texts import summary_of
from content.models import ContentVersion, Lesson, LessonItem, MediaAsset, Module
from content.rendering import render_lesson
from content.services import outline
from courses.models import Course
from tenancy.models import AuditEntry
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DEMO = Path(__file__).parent.parent / "demo"


@pytest.fixture
def owner(organization):
    return UserFactory(username="ines", instructor=True)


@pytest.fixture
def web_dev(test_data, tmp_path):
    """A copy of the real course that tests may change."""
    target = tmp_path / "course"
    shutil.copytree(test_data("web-dev-for-beginners", "course"), target)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.fixture
def bank_project(web_dev):
    """One module of it."""
    for path in web_dev.iterdir():
        if path.is_dir() and path.name != "7-bank-project":
            shutil.rmtree(path)
    return web_dev


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def import_(folder, owner, **options):
    return apply_tree(read_folder(folder), owner=owner, now=NOW, **options)


def outline_of(course):
    return [
        (
            module.title,
            list(module.lessons.live().order_by("position").values_list("title", flat=True)),
        )
        for module in Module.objects.live().filter(course=course).order_by("position")
    ]


def html_of(course):
    return {
        entry.item.metadata["source"]: entry.item.current_version.html
        for entry in LessonItem.objects.filter(lesson__course=course).select_related(
            "item__current_version"
        )
    }


# The real course


def say_what_is_missing(report):
    images = {entry.reason.split(":")[0] for entry in report.of(Why.IMAGE)}
    links = {entry.reason.split(":")[0] for entry in report.of(Why.LINK)}
    assert "../../sketchnotes/webdev101-programming.png" in images
    assert "../images/edit-vscode.dev.gif" in images
    assert {"../solution/images", "/your-work", "../api/README.md", "solution/app.js"} <= links
    assert not any(
        entry.path == "4-collision-detection/README.md" for entry in report.of(Why.SKIPPED)
    )
    text = "\n".join(report.lines())
    assert "24 assignments" in text
    assert "47 quizzes" in text


def second_time_changes_nothing(web_dev, owner):
    tables = (Course, Module, Lesson, LessonItem, ContentVersion, MediaAsset)
    before = [list(model.objects.order_by("pk").values()) for model in tables]
    entries = AuditEntry.objects.count()

    report = import_(web_dev, owner)

    assert report.is_unchanged
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before
    assert AuditEntry.objects.count() == entries
    assert "Nothing has changed" in "\n".join(report.lines())


def test_web_dev_course_goes_in_whole(owner, web_dev):
    report = import_(web_dev, owner, subject="Software")
    course = report.course

    titles = outline_of(course)
    assert [len(lessons) for _module, lessons in titles] == [3, 4, 3, 1, 3, 6, 4, 1]
    assert course.title == "Web Development for Beginners - A Curriculum"
    assert [module for module, _lessons in titles][::7] == [
        "Getting Started with Web Development",
        "Code editor",
    ]
    assert titles[3] == (
        "Event-Driven Programming - Build a Typing Game",
        ["Creating a game using events"],
    )
    assert titles[6][0] == "Build a Bank"
    assert course.summary.startswith("Learn the fundamentals of web development with our 12-week")
    assert report.image_count == 53
    assert (
        report.quiz_link_count == 47
    )  # lesson 1 links one of its two; two more stand in a comment
    assert len(report.of(Why.ASSIGNMENT)) == 24
    assert report.of(Why.BROKEN) == []
    assert (course.status, course.subject.title, course.owner) == ("draft", "Software", owner)
    say_what_is_missing(report)
    second_time_changes_nothing(web_dev, owner)


def test_web_dev_images_and_links_work(owner, web_dev, client):
    report = import_(web_dev, owner)
    html = html_of(report.course)
    everything = "".join(html.values()) + report.course.description_html

    sources = set(re.findall(r'<img src="([^"]*)"', everything))
    assert all(source.startswith("/media/") for source in sources)
    client.force_login(owner)
    for source in sources:
        response = client.get(source)
        assert response.status_code == 200
        b"".join(response.streaming_content)
    assert len({source.split("/")[2] for source in sources}) >= 50  # a few files are there twice

    slugs = set(Lesson.objects.filter(course=report.course).values_list("slug", flat=True))
    base = reverse("courses:detail", args=[report.course.slug])
    inner = set(re.findall(rf'href="{base}lessons/([^"/]*)/', everything))
    assert len(inner) == 24  # no text links to the lesson on the code editor
    assert inner <= slugs
    tags = "".join(re.findall(r"<a [^>]*>", everything))
    assert re.findall(r'href="(?!https?:|mailto:|/|#)([^"]*)"', tags) == []
    sample = html["3-terrarium/1-intro-to-html/README.md"]
    assert sample.count("./images/plant") == 14  # sample code stays as written
    assert "/media/" in sample


def test_changing_one_file_changes_one_version(owner, bank_project):
    import_(bank_project, owner)
    versions = ContentVersion.objects.count()
    lesson = bank_project / "7-bank-project/2-forms/README.md"
    lesson.write_text(lesson.read_text() + "\nOne more sentence.\n")

    report = import_(bank_project, owner)

    assert ContentVersion.objects.count() == versions + 1
    assert report.count("item", UPDATED) == 1
    assert "One more sentence." in render_lesson(
        Lesson.objects.get(source="7-bank-project/2-forms/README.md").pk
    )


def test_changed_picture_changes_the_texts_that_show_it(owner, bank_project):
    import_(bank_project, owner)
    versions = ContentVersion.objects.count()
    images = bank_project / "7-bank-project/3-data/images"
    shutil.copy(images / "mpa.png", images / "spa.png")

    report = import_(bank_project, owner)

    assert ContentVersion.objects.count() == versions + 1
    assert report.count("item", UPDATED) == 1


# What may be wrong with a folder


def test_broken_files_are_named_and_the_rest_goes_in(owner, tmp_path):
    folder = write(
        tmp_path,
        {
            "README.md": "# Course\n\nText.",
            "1-a/1-good.md": "# Good\n\n![ok](ok.png) ![bad](bad.png) ![svg](x.svg)",
            "1-a/2-latin.md": "# Caf\xe9".encode("latin-1"),
            "1-a/3-front.md": "---\ntitle: [\n---\n# X",
            "1-a/4-long.md": "# L\n\n" + "x" * 600_000,
            "1-a/5-deep.md": "# D\n\n" + "> " * 5_000 + "x",
            "1-a/bad.png": b"\x89PNG\r\n\x1a\n not really",
            "1-a/x.svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        },
    )
    report = import_(folder, owner)

    broken = {entry.path for entry in report.of(Why.BROKEN)}
    assert {
        "1-a/2-latin.md",
        "1-a/3-front.md",
        "1-a/4-long.md",
        "1-a/bad.png",
        "1-a/x.svg",
    } <= broken
    assert "Good" in outline_of(report.course)[0][1]
    assert not {"Front", "Latin", "Long"} & set(outline_of(report.course)[0][1])


def test_file_that_broke_keeps_its_lesson(owner, tmp_path):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nOld.", "1-a/2-y.md": "# Y\n\nText."})
    import_(folder, owner)
    write(folder, {"1-a/1-x.md": b"# X\n\n\xff"})

    report = import_(folder, owner)

    assert outline_of(report.course) == [("A", ["X", "Y"])]
    assert len(report.of(Why.BROKEN)) == 1


def test_vanished_lesson_goes_to_the_trash_and_comes_not_back_by_itself(owner, tmp_path):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nA.", "1-a/2-y.md": "# Y\n\nB."})
    course = import_(folder, owner).course
    by_hand = outline.add_lesson(
        Module.objects.get(course=course), title="By hand", by=owner, now=NOW
    )
    (folder / "1-a/1-x.md").unlink()

    report = import_(folder, owner)
    assert report.count("lesson", REMOVED) == 1
    assert outline_of(course) == [("A", ["Y", "By hand"])]
    write(folder, {"1-a/1-x.md": "# X\n\nA."})
    report = import_(folder, owner)
    assert [entry.path for entry in report.of(Why.TRASHED)] == ["1-a/1-x.md"]
    outline.restore_part(Lesson.objects.get(source="1-a/1-x.md"), by=owner, now=NOW)
    import_(folder, owner)
    assert outline_of(course) == [("A", ["X", "Y", "By hand"])]
    assert by_hand.deleted_at is None


def test_nothing_outside_the_folder_is_read(owner, tmp_path):
    secret = write(tmp_path / "outside", {"secret.md": "# Secret\n\nSecret.", "s.png": b"x"})
    folder = write(
        tmp_path / "course",
        {
            "1-a/1-x.md": "# X\n\n![a](../../outside/s.png) [b](../../outside/secret.md) "
            "![c](link.png) [d](/../../outside/secret.md) [e](%2e%2e/%2e%2e/outside/secret.md)"
        },
    )
    os.symlink(secret / "secret.md", folder / "1-a/2-link.md")
    os.symlink(secret / "s.png", folder / "1-a/link.png")
    os.symlink(secret, folder / "2-linked")
    os.mkfifo(folder / "1-a/3-pipe.md")

    report = import_(folder, owner)

    assert outline_of(report.course) == [("A", ["X"])]
    assert "Secret" not in "".join(html_of(report.course).values())
    assert MediaAsset.objects.count() == 0
    skipped = {entry.path for entry in report.of(Why.SKIPPED)}
    assert {"1-a/2-link.md", "1-a/link.png", "2-linked"} <= skipped


def test_folders_without_a_course_are_refused_with_a_reason(owner, test_data, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    cases = {
        empty: "begin with a number",
        tmp_path / "missing": "There is no folder",
        write(tmp_path / "none", {"1-a/picture.png": b"x"}): "No lesson",
        write(tmp_path / "broken", {"1-a/1-x.md": b"\xff"}): "not UTF-8",
        write(tmp_path / "yaml", {"course.yaml": "title: ["}): "course.yaml",
        write(tmp_path / "list", {"course.yaml": "- a\n- b"}): "course.yaml",
        Path(test_data("hostile-text")): "begin with a number",
        Path(test_data("hostile-files")): "begin with a number",
    }
    for folder, reason in cases.items():
        with pytest.raises(ImportRefused, match=reason):
            import_(folder, owner)
    assert Course.objects.count() == 0


def test_hostile_text_as_lessons(owner, test_data, tmp_path):
    folder = tmp_path / "course"
    for number, path in enumerate(sorted(Path(test_data("hostile-text")).rglob("*.txt")), 1):
        write(folder, {f"1-all/{number}-{path.stem}.md": path.read_bytes()[:60_000]})

    report = import_(folder, owner)

    html = "".join(html_of(report.course).values())
    assert len(outline_of(report.course)[0][1]) + len(report.of(Why.BROKEN)) == number
    assert not re.search(r"<(script|iframe|object|svg|style|form|input)\b", html, re.IGNORECASE)
    tags = "".join(re.findall(r"<[a-z][^>]*>", html))
    assert not re.search(r" on[a-z]+=", tags, re.IGNORECASE)
    assert not re.search(r'(href|src)="\s*(javascript|data|vbscript):', tags, re.IGNORECASE)
    assert import_(folder, owner).is_unchanged


def test_links_between_lessons(owner, tmp_path):
    folder = write(
        tmp_path,
        {
            "README.md": "# Course\n\nStart [here](1-a/1-x/README.md).",
            "1-a/README.md": "# A\n\nAbout A.",
            "1-a/1-x/README.md": "# X\r\n\r\n[y](../2-y/README.md#Some-Part) [folder](../2-y/) "
            "[absolute](/1-a/2-y/README.md) [task](assignment.md) [module](../) [home](/) "
            "[gone](../3-z/README.md) [mail](mailto:a@b.org) [pic](../2-y/p.txt)\r\n",
            "1-a/1-x/assignment.md": "# Do it\n\nNow.",
            "1-a/2-y/README.md": "# Y\n\n## Some part\n\n[self](#some-part)",
            "1-a/2-y/p.txt": "plain",
        },
    )
    report = import_(folder, owner)
    course = report.course
    html = html_of(course)["1-a/1-x/README.md"]
    links = dict(re.findall(r'<a href="([^"]*)"[^>]*>(\w+)</a>', html))
    by_word = {word: href for href, word in links.items()}
    base = reverse("courses:detail", args=[course.slug])

    assert re.fullmatch(rf"{base}lessons/y/#s[0-9a-f]{{4}}-some-part", by_word["y"])
    anchor = by_word["y"].partition("#")[2]
    assert f'id="{anchor}"' in html_of(course)["1-a/2-y/README.md"]
    assert by_word["absolute"] == f"{base}lessons/y/"
    assert re.fullmatch(rf"{base}lessons/x/#s[0-9a-f]{{4}}", by_word["task"])
    assert by_word["module"].startswith(f"{base}lessons/x/")
    assert by_word["home"] == base
    assert by_word["pic"].startswith("/media/")
    assert "gone" not in by_word
    assert " gone " in html
    assert f'href="{base}lessons/x/"' in course.description_html
    assert "\r" not in html


def test_front_matter_sets_the_lesson(owner, tmp_path):
    folder = write(
        tmp_path,
        {
            "1-a/1-x.md": "---\ntitle: Named\nduration_minutes: 12\ncompletion: time\ncompletion_seconds: 60\n"
            "is_preview: true\nsummary: Short.\nslug: own-name\nvideo: https://youtu.be/abcdefghijk\n---\nText.",
            "1-a/2-y.md": "---\nduration_minutes: long\ncompletion: never\nis_preview: 7\n---\n# Y\n\nText.",
        },
    )
    report = import_(folder, owner)
    lesson, other = Lesson.objects.order_by("position")

    assert (lesson.title, lesson.slug, lesson.summary) == ("Named", "own-name", "Short.")
    assert (lesson.duration_minutes, lesson.completion, lesson.completion_seconds) == (
        12,
        "time",
        60,
    )
    assert lesson.is_preview
    page = render_lesson(lesson.pk)
    assert "www.youtube-nocookie.com/embed/abcdefghijk" in page
    assert "<iframe" not in page
    assert "Play video" in page
    assert (other.completion, other.duration_minutes) == ("manual", None)
    assert len(report.of(Why.IGNORED)) == 3
    assert import_(folder, owner).is_unchanged


@pytest.mark.parametrize(
    "above",
    [
        "",
        "[![Build](https://a.example/b.svg)](https://a.example) [![Licence](l.svg)](LICENSE)",
        "![Cover](cover.png)",
        "[English](README.md) | [Deutsch](README.de.md) | [日本語](README.ja.md)",
        "## Overview",
        "Overview\n--------",
        "- One\n- Two",
        "> **Note** We moved.",
        "| A | B |\n| - | - |\n| 1 | 2 |",
        "```sh\nmake\n\nmake all of it\n```",
        '<p align="center"><img src="logo.png"></p>',
        "---",
    ],
)
def test_summary_is_the_summary_of_of_prose(above):
    assert summary_of(f"{above}\n\nLearn *it* with [us](a.md).\n\nMore.") == "Learn it with us."
    assert summary_of(above) == ""


@pytest.mark.parametrize(
    ("body", "summary"),
    [
        ("One two. " * 40, ("One two. " * 33).strip()),
        (f"Ends at once! {'word ' * 80}", None),
        ("word " * 80, None),
        ("これは本です。" * 60, "これは本です。" * 42),
        (f"{'word ' * 50}ends. Three.", f"{'word ' * 50}ends. Three."),
    ],
)
def test_summary_ends_with_a_sentence_where_one_ends_in_time(body, summary):
    found = summary_of(body)
    assert len(found) <= 300
    assert found == summary if summary else found.endswith("word…")


# Our own format, and trees built in code


@pytest.mark.parametrize("name", ["learning-how-to-learn", "git-without-fear"])
def test_demo_course_goes_in_without_a_complaint(owner, name):
    report = import_(DEMO / name, owner)
    course = report.course

    assert report.left_out == []
    assert (course.slug, course.source) == (name, name)
    assert course.thumbnail
    assert course.objectives
    assert course.description_html
    assert Lesson.objects.filter(course=course, is_preview=True).exists()
    assert import_(DEMO / name, owner).is_unchanged


def test_one_end_of_access_takes_the_place_of_the_other(owner):
    values = {"title": "Tea", "access_days": 30, "offer_hours": 900}
    report = apply_tree(course_from_values(values), owner=owner, now=NOW)
    assert report.course.access_days == 30
    assert [entry.why for entry in report.left_out] == [Why.IGNORED]

    ends = {"title": "Tea", "access_ends_at": "2027-01-31T12:00:00Z"}
    course = apply_tree(course_from_values(ends), owner=owner, now=NOW).course
    assert (course.access_days, course.access_ends_at.year) == (None, 2027)

    both = course_from_values(values | ends)
    assert "access_days" not in both.values
    assert len(both.left_out) == 2


def test_course_from_values(owner):
    values = {
        "title": "Tea",
        "slug": "tea",
        "subject": "Cooking",
        "objectives": ["Boil water"],
        "duration_minutes": "soon",
        "colour": "green",
        "modules": [{"title": "Leaves", "lessons": [{"title": "Green", "body": "*Mild.*"}]}],
    }
    tree = course_from_values(values)
    report = apply_tree(tree, owner=owner, now=NOW)

    assert outline_of(report.course) == [("Leaves", ["Green"])]
    assert report.course.objectives == ["Boil water"]
    assert [entry.why for entry in report.left_out] == [Why.IGNORED, Why.IGNORED]
    assert apply_tree(course_from_values(values), owner=owner, now=NOW).is_unchanged


# Who, and by which command


def test_only_those_who_may_edit_import_again(owner, tmp_path):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nText."})
    with pytest.raises(ImportRefused, match="neither instructor"):
        import_(folder, UserFactory())
    import_(folder, owner)
    with pytest.raises(ImportRefused, match="somebody else"):
        import_(folder, UserFactory(instructor=True))
    assert import_(folder, UserFactory(admin=True)).is_unchanged


def test_course_in_the_trash_is_not_touched(owner, tmp_path):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nText."})
    course = import_(folder, owner).course
    Course.objects.filter(pk=course.pk).update(deleted_at=NOW)
    with pytest.raises(ImportRefused, match="in the trash"):
        import_(folder, owner)


def test_failed_import_leaves_nothing(owner, tmp_path, monkeypatch):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nText."})

    def stop(done, total, what):
        raise RuntimeError("the machine was switched off")

    with pytest.raises(RuntimeError):
        import_(folder, owner, progress=stop)
    assert (Course.objects.count(), Lesson.objects.count()) == (0, 0)


def test_progress_is_told_to_the_end(owner, tmp_path):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nText.", "1-a/2-y.md": "# Y\n\nText."})
    steps = []
    import_(folder, owner, progress=lambda done, total, what: steps.append((done, total)))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_command_imports_publishes_and_reports(owner, tmp_path, capsys):
    folder = write(tmp_path, {"README.md": "# Tea\n\nHot.", "1-a/1-x.md": "# X\n\nText."})
    arguments = [str(folder), "--organization", "harbor", "--owner", "ines"]
    call_command(
        "import_course", *arguments, "--publish", "--title", "More tea", "--subject", "Food"
    )

    course = Course.objects.get()
    assert (course.title, course.status, course.subject.title) == ("More tea", "published", "Food")
    said = capsys.readouterr().out
    assert "Lessons: 1 new" in said
    assert "Published." in said
    call_command("import_course", *arguments, "--title", "More tea", "--subject", "food")
    assert "Nothing has changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--organization": "nowhere"}, "There is no organization"),
        ({"--owner": "nobody"}, "There is nobody"),
        ({"--course": "missing"}, "There is no course"),
    ],
)
def test_command_says_what_is_wrong(owner, tmp_path, change, message):
    folder = write(tmp_path, {"1-a/1-x.md": "# X\n\nText."})
    options = {"--organization": "harbor", "--owner": "ines"} | change
    with pytest.raises(CommandError, match=message):
        call_command(
            "import_course", str(folder), *(part for pair in options.items() for part in pair)
        )
    with pytest.raises(CommandError, match="There is no folder"):
        call_command("import_course", "/nowhere", "--organization", "harbor", "--owner", "ines")


def test_tree_built_in_code_needs_no_files(owner):
    tree = CourseTree(source="empty", title="Empty")
    report = apply_tree(tree, owner=owner, now=NOW)
    assert (report.count("course", CREATED), report.count("lesson", UNCHANGED)) == (1, 0)
