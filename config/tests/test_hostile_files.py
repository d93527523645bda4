"""Other people's hostile files through every field for files: refused in words with nothing stored, or made harmless."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from config.tests import test_access
from config.tests.page_forms import undone
from config.tests.test_hostile_uploads import canary, forms_with_files, stored

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

__all__ = ["canary"]

people = test_access.people

#: What must not be found in a stored file: words that only its hostile part holds.
TELLTALES = (b"alert(", b"onload=", b"eicar", b"payload")
#: Fields that take pictures alone; the library takes other files too, after it looked into them.
PICTURES = {
    ("users:profile_edit", "picture"),
    ("admin:tenancy_organization_change", "logo"),
    ("admin:courses_course_change", "thumbnail"),
}


@pytest.fixture(scope="module")
def hostile_files(test_data):
    files = [path for path in Path(test_data("hostile-files")).rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in files if path.name not in ("README.md", "LICENSE")}


def send(client, goal, form, field, name, content):
    """The answer to a form with this file, and the files that were kept; what it wrote to tables is undone."""
    before = stored()
    with undone():
        response = client.post(goal, form.fields | {field: SimpleUploadedFile(name, content)})
    kept = {}
    for file in stored() - before:
        kept[file.name] = file.read_bytes()
        file.unlink()
    return response, kept


def is_told(response):
    """Whether the page came back with what is wrong beside the field."""
    page = response.content.decode()
    return response.status_code in (200, 400, 422) and ("errorlist" in page or "invalid" in page)


def test_other_peoples_hostile_files_do_no_harm(canary, people, hostile_files):
    wrong, fields, refused, taken = [], set(), 0, 0
    for client, page, goal, form, field in forms_with_files(canary, people["admin"]):
        fields.add((page, field))
        for path, content in hostile_files.items():
            response, kept = send(client, goal, form, field, path.name, content)
            is_refused = response.status_code != 302
            refused, taken = refused + is_refused, taken + bool(kept)
            if response.status_code >= 500 or (is_refused and (kept or not is_told(response))):
                wrong.append((page, field, path.name, response.status_code, list(kept)))
            if any(word in data.lower() for data in kept.values() for word in TELLTALES):
                wrong.append((page, field, path.name, "kept", list(kept)))
            if (page, field) in PICTURES and path.parent.name != "images" and not is_refused:
                wrong.append((page, field, path.name, "is no picture"))
    assert wrong == []
    assert fields >= PICTURES | {("admin:content_mediaasset_add", "upload")}
    assert refused > 100
    assert taken > 10
