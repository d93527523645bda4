"""What the content of a course still needs before it is published."""

import io

import pytest
from django.utils import timezone
from PIL import Image

from content.services import items, media
from content.services import outline as services
from courses import preflight
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db

WHO = {"by": None, "now": timezone.now()}


def codes(course):
    return {
        (finding.code, finding.is_error)
        for finding in preflight.findings_of(course)
        if finding.code in {"no_module", "empty_module", "empty_lesson", "image_without_alt"}
    }


def test_course_is_walked(organization):
    course = CourseFactory()
    assert codes(course) == {("no_module", True)}

    module = services.add_module(course, title="One", **WHO)
    assert codes(course) == {("empty_module", True)}

    lesson = services.add_lesson(module, title="A", **WHO)
    assert codes(course) == {("empty_lesson", False)}

    item = items.add_item(kind="text", title="T", **WHO)
    items.put_in_lesson(lesson, item, **WHO)
    items.save_version(item, body="Just words.", **WHO)
    assert codes(course) == set()

    services.trash_part(lesson, **WHO)
    assert codes(course) == {("empty_module", True)}


def test_image_without_words_is_named(organization):
    course = CourseFactory()
    lesson = services.add_lesson(
        services.add_module(course, title="One", **WHO), title="With picture", **WHO
    )
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    stone = media.add_media(io.BytesIO(out.getvalue()), name="a.png", **WHO)
    item = items.add_item(kind="text", title="T", **WHO)
    items.put_in_lesson(lesson, item, **WHO)

    items.save_version(item, body=f"![](/media/{stone.pk}/original/)", **WHO)
    assert codes(course) == {("image_without_alt", False)}
    items.save_version(item, body=f"![A stone](/media/{stone.pk}/original/)", **WHO)
    assert codes(course) == set()


def test_many_lessons_are_counted(organization):
    course = CourseFactory()
    module = services.add_module(course, title="One", **WHO)
    for number in range(8):
        services.add_lesson(module, title=f"L{number}", **WHO)
    [finding] = [item for item in preflight.findings_of(course) if item.code == "empty_lesson"]
    assert "L4 and 3 more" in finding.text
