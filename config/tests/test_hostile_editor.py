"""Other people's hostile texts and files go through the editor and the library: answered in words, and nothing runs."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from config.tests import hostile
from content.models import ItemDraft, LessonItem
from content.services import items
from content.tests.factories import LessonFactory
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
JSON = {"Accept": "application/json"}
LINES_AT_ONCE = 400


@pytest.fixture(autouse=True)
def _needs_data(test_data):
    """Skips where other people's hostile text is absent."""


class Desk:
    """One text that somebody writes."""

    def __init__(self, client):
        self.client = client
        owner = UserFactory(instructor=True)
        lesson = LessonFactory(module__course=CourseFactory(owner=owner))
        self.item = items.add_item(kind="text", title="Text", by=owner, now=NOW)
        LessonItem.objects.create(lesson=lesson, item=self.item, position=1)
        self.names = [lesson.course.slug, lesson.pk, self.item.pk]
        client.force_login(owner)

    def post(self, page, **values):
        draft = ItemDraft.objects.filter(item=self.item).first()
        begun = {"title": "Text", "revision": draft.revision if draft else 0, "base": 0}
        address = reverse(f"content:{page}", args=self.names)
        return self.client.post(address, begun | values, headers=JSON)


@pytest.fixture
def desk(client, organization):
    return Desk(client)


@pytest.mark.slow
def test_every_naughty_string_is_kept_or_named(desk):
    kept = 0
    for text in hostile.naughty_strings():
        said = {"title": text, "body": text}
        answer = desk.post("studio_item_draft", **said)
        assert answer.status_code == 200, text
        kept += not answer.json()["errors"]
        assert desk.post("studio_item_preview", **said).status_code == 200, text
    assert kept > len(hostile.naughty_strings()) / 2


def markdown_cases(folder):
    spec = json.loads(Path(folder, "commonmark", "spec-examples.json").read_text())
    cases = [case["markdown"] for case in spec]
    files = Path(folder, "markdown-it").glob("*.txt")
    return [*cases, *(file.read_text(encoding="utf-8") for file in files)]


@pytest.mark.slow
def test_every_markdown_case_has_a_preview(desk, test_data):
    cases = markdown_cases(test_data("markdown-cases"))
    assert len(cases) > 600
    for chunk in hostile.chunks(cases, 20):
        page = desk.post("studio_item_preview", body="\n\n".join(chunk))
        assert page.status_code == 200
        assert "<section" in page.content.decode()


@pytest.mark.browser
@pytest.mark.slow
def test_no_script_runs_in_a_preview(desk, browser):
    found = []
    with hostile.Screen(browser) as screen:
        for lines in hostile.chunks(hostile.scripts(), LINES_AT_ONCE):
            page = desk.post("studio_item_preview", body="\n\n".join(lines)).content.decode()
            found += screen.findings(page)
        assert screen.findings("<script>alert(1)</script>") != []
    assert found == []


@pytest.mark.parametrize("folder", ["hostile-files", "file-type-samples"])
def test_files_are_taken_or_refused_in_words(client, organization, test_data, folder):
    client.force_login(UserFactory(instructor=True))
    taken, refused = set(), {}
    for path in sorted(Path(test_data(folder)).rglob("*")):
        if not path.is_file():
            continue
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        answer = client.post(reverse("content:library_upload"), {"files": upload}, headers=JSON)
        assert answer.status_code in (201, 422), path
        if answer.status_code == 201:
            taken.add(answer.json()["kind"])
        else:
            refused[path.name] = answer.json()["error"]
    assert all(len(message) > len(name) + 10 for name, message in refused.items())
    assert refused
    assert taken
