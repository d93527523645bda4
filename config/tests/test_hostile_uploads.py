"""Hostile files through every field for files: refused in words, or kept without what was hidden in them."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from config.seeding.canary import seed_canary
from config.tests import test_access
from config.tests.page_forms import browser_of, forms_on, undone

pytestmark = pytest.mark.django_db

people = test_access.people

SCRIPT = b"<script>alert('hidden')</script><?php system('id') ?>"
TELLTALE = b"alert('hidden')"


def picture(kind, **options):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, kind, **options)
    return out.getvalue()


def archive(name, content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, content)
    return out.getvalue()


def told_as_text():
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode())
    return info


def polyglots():
    """Files that are two things at once, each under the name of the harmless one."""
    exif = Image.Exif()
    exif[0x010E] = SCRIPT.decode()
    jar = archive("index.html", SCRIPT)
    return {
        "behind.png": picture("PNG") + SCRIPT,
        "comment.png": picture("PNG", pnginfo=told_as_text()),
        "behind.jpg": picture("JPEG") + SCRIPT,
        "exif.jpg": picture("JPEG", exif=exif),
        "comment.gif": picture("GIF", comment=SCRIPT),
        "behind.gif": picture("GIF") + SCRIPT,
        "script.gif": b"GIF89a/*" + SCRIPT + b"*/=1;",
        "jar.gif": picture("GIF") + jar,
        "behind.webp": picture("WEBP") + SCRIPT,
        "page.png": SCRIPT,
        "page.html": SCRIPT,
        "page.php.png": SCRIPT,
        "page.svg": b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert('hidden')</script></svg>",
        "../../up.png": picture("PNG") + SCRIPT,
        "a\u202egnp.html": SCRIPT,
    }


@pytest.fixture
def canary(db):
    return seed_canary()


#: What waits here is opened by the job that takes a course in, and given to nobody
#: (`test_what_was_uploaded_is_given_to_nobody` in content).
WAITING = "transfers"


def stored():
    """Every file below the folder of uploads that an address could give out."""
    return {
        Path(folder) / name
        for folder, _dirs, names in os.walk(settings.MEDIA_ROOT)
        for name in names
        if WAITING not in Path(folder).relative_to(settings.MEDIA_ROOT).parts
    }


def forms_with_files(canary, person):
    client, seen = browser_of(canary, person), set()
    cookies = client.cookies.copy()
    for address, access, found in test_access.pages(canary):
        in_office = address.name.startswith("admin:")
        if "GET" not in access.methods or "POST" not in access.methods:
            continue
        if in_office and not address.name.endswith(("_add", "_change")):
            continue
        client.cookies = cookies.copy()
        for form in forms_on(client, found):
            goal = form.action or found
            for field in form.files:
                if (address.name, field) not in seen:
                    seen.add((address.name, field))
                    yield client, address.name, goal, form, field


def test_hostile_files_are_refused_or_lose_what_they_hide(canary, people):
    wrong, fields, taken, before = [], set(), 0, stored()
    for client, page, goal, form, field in forms_with_files(canary, people["admin"]):
        fields.add((page, field))
        for name, content in polyglots().items():
            upload = SimpleUploadedFile(name, content)
            with undone():
                response = client.post(goal, form.fields | {field: upload})
            if response.status_code >= 500:
                wrong.append((page, field, name, response.status_code))
            for file in stored() - before:
                taken += 1
                if TELLTALE in file.read_bytes() or file.suffix in (".html", ".htm", ".php"):
                    wrong.append((page, field, name, file.name))
                file.unlink()
    assert wrong == []
    assert {page for page, _field in fields} >= {
        "users:profile_edit",
        "admin:tenancy_organization_change",
        "admin:courses_course_change",
        "admin:content_mediaasset_add",
    }
    assert taken > 10
