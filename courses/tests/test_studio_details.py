"""The pages with what a course says and by which rules it goes: drafts, two authors at once, questions before changes."""

import io
import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from courses import impact
from courses.impact import Effect
from courses.models import Course, CourseDraft, CoursePrerequisite
from courses.services.drafts import edit_course
from courses.tests.factories import CourseFactory, CourseStaffFactory, SubjectFactory
from users.tests.factories import UserFactory

WHO = {"by": None, "now": timezone.now()}
WORDS = {
    "title": "A course",
    "summary": "",
    "description": "",
    "objectives": "",
    "requirements": "",
    "tags": "",
    "language": "en",
    "difficulty_level": "",
    "duration_minutes": "",
}
RULES = {
    "part": "settings",
    "visibility": "public",
    "enrollment_type": "open",
    "max_capacity": "",
    "waitlist_enabled": "on",
    "offer_hours": "48",
    "enrollment_closes_at": "",
    "access_ends_at": "",
    "access_days": "",
    "price": "",
    "currency": "EUR",
    "more_prerequisites": "",
}


@pytest.fixture
def course(organization, client):
    course = CourseFactory(title="A course", published=True)
    client.force_login(course.owner)
    return course


@pytest.fixture
def felt():
    """Every change is felt by somebody."""
    numbers = iter(range(100))
    impact.register(
        "test",
        lambda course, now: next(numbers),
        lambda before, after: [Effect("Somebody would notice.", is_grave=True)],
    )
    yield
    impact.unregister("test")


def details(course):
    return reverse("courses:studio_details", args=[course.slug])


def settings(course):
    return reverse("courses:studio_settings", args=[course.slug])


def save(client, course, revision=0, json_wanted=False, **changes):
    data = {**WORDS, "part": "words", "revision": revision, **changes}
    headers = {"Accept": "application/json"} if json_wanted else {}
    return client.post(details(course), data, headers=headers)


# Details


def test_words_of_a_published_course_wait_in_a_draft(course, client):
    response = save(client, course, summary="New", tags="a, b", objectives="One\nTwo")

    assert response.status_code == 302
    course.refresh_from_db()
    assert course.summary == ""
    assert CourseDraft.objects.get().changes == {
        "summary": "New",
        "tags": ["a", "b"],
        "objectives": ["One", "Two"],
    }
    page = client.get(details(course)).content.decode()
    assert "Not published yet" in page
    assert 'value="1"' in page  # the revision


def test_words_of_a_draft_act_at_once(organization, client):
    course = CourseFactory(title="A course")
    client.force_login(course.owner)

    save(client, course, title="Better")

    course.refresh_from_db()
    assert course.title == "Better"
    assert not CourseDraft.objects.exists()


def test_autosave_answers_with_revision_and_time(course, client):
    first = save(client, course, json_wanted=True, summary="New")
    second = save(client, course, revision=1, json_wanted=True, summary="Newer")

    assert first.json()["revision"] == 1
    assert second.json()["revision"] == 2
    assert len(first.json()["saved_at"]) == 8
    refused = save(client, course, revision=2, json_wanted=True, title="")
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"title"}


def test_second_author_sees_the_difference_and_loses_nothing(course, client):
    edit_course(course.pk, revision=0, summary="Hers", by=UserFactory(), now=WHO["now"])

    response = save(client, course, summary="Mine")

    page = response.content.decode()
    assert response.status_code == 409
    assert "<del>Hers</del> → <ins>Mine</ins>" in page
    assert CourseDraft.objects.get().changes == {"summary": "Hers"}
    assert ">Mine</textarea>" in page.replace("\n", "")
    assert save(client, course, revision=1, summary="Mine").status_code == 302
    assert CourseDraft.objects.get().changes == {"summary": "Mine"}


def test_autosave_of_the_second_author_gets_the_difference_as_html(course, client):
    edit_course(course.pk, revision=0, summary="Hers", by=None, now=WHO["now"])

    response = save(client, course, json_wanted=True, summary="Mine")

    assert response.status_code == 409
    answer = json.loads(response.content)
    assert answer["revision"] == 1
    assert "<del>Hers</del>" in answer["html"]


def test_changes_are_thrown_away_unless_somebody_saved_meanwhile(course, client):
    edit_course(course.pk, revision=0, summary="New", **WHO)

    client.post(details(course), {"part": "discard", "revision": "7"})
    assert CourseDraft.objects.exists()
    client.post(details(course), {"part": "discard", "revision": "1"})
    assert not CourseDraft.objects.exists()


def test_address_subject_and_picture_act_at_once(course, client):
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "PNG")
    subject = SubjectFactory()
    picture = SimpleUploadedFile("a.png", out.getvalue(), "image/png")

    response = client.post(
        details(course),
        {"part": "facts", "slug": "new-name", "subject": subject.pk, "thumbnail": picture},
    )

    course.refresh_from_db()
    assert response["Location"] == details(course)
    assert (course.slug, course.subject) == ("new-name", subject)
    assert course.thumbnail
    client.post(
        details(course),
        {"part": "facts", "slug": "new-name", "subject": subject.pk, "remove_thumbnail": "on"},
    )
    course.refresh_from_db()
    assert not course.thumbnail


def test_taken_name_and_a_file_that_is_no_picture_are_refused_beside_their_fields(course, client):
    other = CourseFactory()
    facts = {"part": "facts", "subject": course.subject_id}

    page = client.post(details(course), facts | {"slug": other.slug}).content.decode()
    assert "belongs, or once belonged, to another course" in page

    text = SimpleUploadedFile("a.png", b"no picture", "image/png")
    client.post(details(course), facts | {"slug": course.slug, "thumbnail": text})
    course.refresh_from_db()
    assert not course.thumbnail


def test_preview_is_rendered_by_the_server_and_never_fails(course, client):
    url = reverse("courses:studio_description_preview", args=[course.slug])

    assert "<em>so</em>" in client.post(url, {"description": "*so*"}).content.decode()
    assert "<script" not in client.post(url, {"description": "<script>"}).content.decode()
    assert client.post(url, {"description": "\x00"}).status_code == 200


# Settings


def test_settings_are_saved_with_prerequisites(course, client):
    needed, other = CourseFactory(title="Basics", published=True), CourseFactory(published=True)
    CoursePrerequisite.objects.create(course=course, required_course=other)

    response = client.post(
        settings(course),
        RULES | {"price": "12.50", "max_capacity": "30", "more_prerequisites": "basics"},
    )

    assert response.status_code == 302
    course.refresh_from_db()
    assert (course.price, course.max_capacity, course.waitlist_enabled) == (12.5, 30, True)
    assert {link.required_course for link in course.prerequisite_links.all()} == {needed}


def test_settings_say_until_when_people_join_and_learn(course, client):
    until = {"enrollment_closes_at": "2027-01-31T12:00", "access_days": "90", "offer_hours": "0"}
    assert client.post(settings(course), RULES | until).status_code == 302

    course.refresh_from_db()
    assert course.enrollment_closes_at == datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert (course.access_days, course.access_ends_at, course.offer_hours) == (90, None, 0)
    assert client.post(settings(course), RULES | {"access_ends_at": "2027-01-31T12:00"})
    course.refresh_from_db()
    assert (course.access_days, course.access_ends_at.year) == (None, 2027)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"more_prerequisites": "nothing"}, "There is no other course"),
        ({"more_prerequisites": "\x00"}, "control"),
        ({"max_capacity": "0"}, "greater than or equal to 1"),
        ({"offer_hours": "721"}, "less than or equal to 720"),
        ({"offer_hours": ""}, "required"),
        ({"access_days": "0"}, "greater than or equal to 1"),
        ({"access_days": "30", "access_ends_at": "2027-01-31T12:00"}, "not both"),
        ({"access_ends_at": "0001-01-01T00:00"}, "too far away"),
        ({"enrollment_closes_at": "tomorrow"}, "valid date"),
        ({"price": "99999999999"}, "digits"),
        ({"visibility": "x"}, "valid choice"),
    ],
)
def test_settings_that_make_no_sense_are_refused(course, client, changes, told):
    response = client.post(settings(course), RULES | changes)

    assert response.status_code == 200
    assert told in response.content.decode()


def test_circle_of_prerequisites_is_refused_with_its_courses(course, client):
    other = CourseFactory(title="Other", published=True)
    CoursePrerequisite.objects.create(course=other, required_course=course)

    page = client.post(settings(course), RULES | {"more_prerequisites": other.slug})

    assert "Nobody could ever begin" in page.content.decode()
    assert not course.prerequisite_links.exists()


def test_felt_change_is_asked_about_and_made_with_consent(course, client, felt):
    asked = client.post(settings(course), RULES | {"max_capacity": "5"})

    page = asked.content.decode()
    assert "Somebody would notice." in page
    assert 'name="max_capacity" value="5"' in page
    course.refresh_from_db()
    assert course.max_capacity is None
    client.post(settings(course), RULES | {"max_capacity": "5", "impact_confirmed": "1"})
    course.refresh_from_db()
    assert course.max_capacity == 5


def test_question_takes_the_whole_page_of_a_script(course, client, felt):
    response = client.post(settings(course), RULES, headers={"HX-Request": "true"})

    assert response["HX-Retarget"] == "body"


@pytest.mark.parametrize(
    ("way", "status", "in_trash"),
    [("unpublish", "draft", False), ("archive", "archived", False), ("trash", "published", True)],
)
def test_ways_out_are_asked_about_first(course, client, felt, way, status, in_trash):
    client.post(settings(course), {"part": way})
    course.refresh_from_db()
    assert (course.status, course.deleted_at) == ("published", None)

    assert client.post(settings(course), {"part": way, "impact_confirmed": "1"}).status_code == 302

    course.refresh_from_db()
    assert (course.status, course.deleted_at is not None) == (status, in_trash)


def test_co_instructor_edits_but_does_not_throw_the_course_away(course, client):
    client.force_login(CourseStaffFactory(course=course).user)

    assert "Move to the trash" not in client.get(settings(course)).content.decode()
    answer = client.post(settings(course), {"part": "trash", "impact_confirmed": "1"})
    assert answer.status_code == 404
    assert Course.objects.live().filter(pk=course.pk).exists()


def test_refusal_of_a_way_is_told(organization, client):
    course = CourseFactory()
    client.force_login(course.owner)

    page = client.post(settings(course), {"part": "archive"}).content.decode()

    assert "was never published" in page


def test_suggestions_are_courses_one_sees(course, client):
    CourseFactory(title="Git for all", published=True)
    CourseFactory(title="Git in secret")
    url = reverse("courses:studio_course_suggestions", args=[course.slug])

    page = client.get(url, {"more_prerequisites": "git"}).content.decode()

    assert "Git for all" in page
    assert "secret" not in page
    assert client.get(url, {"more_prerequisites": "\x00\x00"}).status_code == 200


def test_both_pages_are_not_there_for_others(course, client):
    client.force_login(UserFactory(instructor=True))

    for url in (details(course), settings(course)):
        assert client.get(url).status_code == 404
        assert client.post(url, {"part": "trash"}).status_code == 404
    assert Course.objects.live().filter(pk=course.pk).exists()
