"""Words of a published course wait in a draft; every published state is kept."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses import services
from courses.models import CourseDraft, CourseVersion
from courses.services import drafts
from courses.services.drafting import DraftChanged
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WHO = {"by": None, "now": timezone.now()}


@pytest.fixture(autouse=True)
def _school(organization):
    pass


def test_words_of_a_published_course_wait():
    course = CourseFactory(published=True, title="Git")

    draft = drafts.edit_course(course.pk, revision=0, title="Git for all", tags=["git"], **WHO)
    course.refresh_from_db()
    assert course.title == "Git"
    assert draft.changes == {"title": "Git for all", "tags": ["git"]}

    by = UserFactory()
    version = drafts.publish_course_draft(course.pk, by=by, now=WHO["now"], note="For all")
    course.refresh_from_db()
    assert (course.title, course.tags) == ("Git for all", ["git"])
    assert (version.number, version.created_by, version.note) == (2, by, "For all")
    titles = [row.snapshot["words"]["title"] for row in CourseVersion.objects.order_by("number")]
    assert titles == ["Git", "Git for all"]
    assert not CourseDraft.objects.exists()


def test_words_of_a_course_that_is_not_published_are_changed_at_once():
    course = CourseFactory(title="Git")

    assert drafts.edit_course(course.pk, revision=0, title="Git for all", **WHO) is None

    course.refresh_from_db()
    assert course.title == "Git for all"
    assert not CourseVersion.objects.exists()


def test_words_as_they_were_leave_the_draft():
    course = CourseFactory(published=True, title="Git", summary="")
    drafts.edit_course(course.pk, revision=0, title="Git for all", summary="Go.", **WHO)

    assert drafts.edit_course(course.pk, revision=1, summary="", **WHO).changes == {
        "title": "Git for all"
    }
    assert drafts.edit_course(course.pk, revision=2, title="Git", **WHO) is None
    assert not CourseDraft.objects.exists()


def test_nobody_overwrites_what_they_have_not_seen():
    course = CourseFactory(published=True)
    drafts.edit_course(course.pk, revision=0, title="Hers", **WHO)

    with pytest.raises(DraftChanged) as refused:
        drafts.edit_course(course.pk, revision=0, title="His", **WHO)
    assert refused.value.draft.changes == {"title": "Hers"}
    with pytest.raises(DraftChanged):
        drafts.discard_course_draft(course.pk, revision=0, **WHO)
    drafts.discard_course_draft(course.pk, revision=1, **WHO)
    drafts.discard_course_draft(course.pk, revision=1, **WHO)
    assert not CourseDraft.objects.exists()


@pytest.mark.parametrize("words", [{"title": ""}, {"title": "x" * 201}, {"difficulty_level": "?"}])
def test_what_no_course_can_say_is_refused(words):
    course = CourseFactory(published=True)

    with pytest.raises(ValidationError):
        drafts.edit_course(course.pk, revision=0, **words, **WHO)
    assert not CourseDraft.objects.exists()


def test_rules_do_not_wait_in_a_draft():
    course = CourseFactory(published=True)

    with pytest.raises(TypeError):
        drafts.edit_course(course.pk, revision=0, max_capacity=3, **WHO)


def test_publishing_again_keeps_no_second_version():
    course = CourseFactory(published=True)

    drafts.publish_course_draft(course.pk, **WHO)
    assert drafts.publish_course_draft(course.pk, **WHO) is None

    assert CourseVersion.objects.count() == 1
    services.unpublish_course(course.pk, **WHO)
    assert drafts.publish_course_draft(course.pk, **WHO) is None


def test_a_version_is_never_changed():
    course = CourseFactory(published=True)
    drafts.publish_course_draft(course.pk, **WHO)
    version = CourseVersion.objects.get()
    version.note = "Another"

    with pytest.raises(IntegrityError, match="not changed"), transaction.atomic():
        version.save()
