"""Undoing changes of learning paths, with what hangs on them; and their trash."""

import pytest
from django.urls import reverse
from django.utils import timezone

from activity.tests.requests import request_by
from activity.undo import undo
from content.models import LearningPath, PathPrerequisite
from content.services import paths
from content.tests.factories import PathFactory, PathStepFactory
from courses.tests.factories import CourseFactory
from enrollments import paths as places
from enrollments import services as enrollments
from enrollments.tests.factories import EnrollmentFactory
from progress import invariants
from users.tests.factories import UserFactory

NOW = timezone.now()


@pytest.fixture
def author(organization):
    return UserFactory(instructor=True)


def changed(actor, act, *arguments, **options):
    """The id of a request in which `actor` did this."""
    with request_by(actor) as request_id:
        act(*arguments, by=actor, now=NOW, **options)
    return request_id


def undone(request_id, user):
    with request_by(user):
        return undo(request_id, by=user, now=timezone.now())


def test_words_of_a_path_come_back_with_their_html(author):
    path = PathFactory(author=author, description="*Old*", description_html="<em>Old</em>")
    request_id = changed(author, paths.update_path, path.pk, description="*New*")

    assert undone(request_id, author)
    path.refresh_from_db()
    assert path.description == "*Old*"
    assert "<em>Old</em>" in path.description_html


def test_step_that_was_removed_comes_back_and_counts(author):
    path = PathFactory(author=author, published=True)
    first, second = PathStepFactory.create_batch(2, path=path)
    student = UserFactory()
    place = places.join_path(path.pk, student, now=NOW)
    enrollment = EnrollmentFactory(student=student, course=second.course)
    request_id = changed(author, paths.remove_step, first)
    assert undone(request_id, author)

    enrollments.complete(enrollment.pk, by=None, now=timezone.now())
    place.refresh_from_db()
    assert place.percent == 50
    assert [step.position for step in path.steps.order_by("position")] == [1, 2]


def test_added_step_that_is_undone_counts_anew(author):
    path = PathFactory(author=author, published=True)
    done = PathStepFactory(path=path).course
    other = PathStepFactory(path=path)
    student = UserFactory()
    place = places.join_path(path.pk, student, now=NOW)
    enrollment = EnrollmentFactory(student=student, course=done)
    enrollments.complete(enrollment.pk, by=None, now=NOW)
    request_id = changed(author, paths.add_step, path.pk, CourseFactory(published=True))

    assert undone(request_id, author)
    place.refresh_from_db()
    assert place.percent == 50
    assert other in path.steps.all()
    assert not list(invariants.check())


def test_undo_does_not_close_a_circle(author):
    first, second = PathFactory.create_batch(2, author=author)
    who = {"by": author, "now": NOW}
    paths.set_path_prerequisites(first.pk, required_ids=[second.pk], **who)
    request_id = changed(author, paths.set_path_prerequisites, first.pk, required_ids=[])
    paths.set_path_prerequisites(second.pk, required_ids=[first.pk], **who)

    assert not undone(request_id, author)
    assert PathPrerequisite.objects.count() == 1


def test_undo_does_not_publish_what_is_not_ready(author):
    step = PathStepFactory(path=PathFactory(author=author, published=True))
    request_id = changed(author, paths.unpublish_path, step.path_id)
    step.course.status = "draft"
    step.course.save(update_fields=["status"])

    assert not undone(request_id, author)
    assert LearningPath.objects.get().status == LearningPath.Status.DRAFT


def test_other_instructors_undo_nothing(author):
    path = PathFactory(author=author, title="Old")
    request_id = changed(author, paths.update_path, path.pk, title="New")

    assert not undone(request_id, UserFactory(instructor=True))
    path.refresh_from_db()
    assert path.title == "New"


def test_path_goes_to_the_trash_and_back_by_its_author(client, author):
    path = PathStepFactory(path=PathFactory(author=author, published=True)).path
    places.join_path(path.pk, UserFactory(), now=NOW)
    client.force_login(author)
    here = reverse("activity:trash_put", args=["path", path.pk])

    assert "1 student follows it" in client.get(here).content.decode()
    client.post(here)
    path.refresh_from_db()
    assert path.deleted_at is not None
    client.post(reverse("activity:trash_restore", args=["path", path.pk]))
    path.refresh_from_db()
    assert path.deleted_at is None
