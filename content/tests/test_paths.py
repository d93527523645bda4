"""Learning paths: their steps, prerequisites, publication and trash."""

import pytest
from django.utils import timezone

from content.models import LearningPath, PathPrerequisite, PathStep
from content.path_checks import find_problems
from content.path_refusals import NotReady, PathRefused
from content.services import paths
from content.tests.factories import PathFactory, PathStepFactory
from courses.models import Course
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory

Status = LearningPath.Status


@pytest.fixture
def author(organization):
    return UserFactory(instructor=True)


@pytest.fixture
def who(author):
    return {"by": author, "now": timezone.now()}


def order_of(path):
    steps = PathStep.objects.filter(path=path).order_by("position")
    return [(step.position, step.course.title) for step in steps.select_related("course")]


def test_path_begins_as_draft_of_its_author_with_a_short_name(author, who):
    first = paths.create_path(title="Better teams", **who)
    second = paths.create_path(title="Better teams", description="*Well.*", **who)

    assert (first.status, first.author, first.slug) == (Status.DRAFT, author, "better-teams")
    assert second.slug != first.slug
    assert "<em>Well.</em>" in second.description_html


@pytest.mark.parametrize("title", ["", "  ", "x" * 256])
def test_path_without_a_proper_title_is_refused(who, title):
    with pytest.raises(PathRefused):
        paths.create_path(title=title, **who)


def test_changing_a_path_to_what_it_is_writes_nothing(who, django_assert_num_queries):
    path = PathFactory(title="Same")

    with django_assert_num_queries(3):  # savepoint, lock, release
        paths.update_path(path.pk, title="Same", summary="", **who)


def test_steps_are_added_moved_and_removed_without_gaps(who):
    path = PathFactory()
    first, second, third = (
        paths.add_step(path.pk, CourseFactory(title=title), **who) for title in "abc"
    )

    paths.move_step(third, position=1, **who)
    assert order_of(path) == [(1, "c"), (2, "a"), (3, "b")]

    first.refresh_from_db()
    paths.remove_step(first, **who)
    assert order_of(path) == [(1, "c"), (2, "b")]


def test_course_is_a_step_once(who):
    step = PathStepFactory()

    with pytest.raises(PathRefused):
        paths.add_step(step.path_id, step.course, **who)


def test_path_has_so_many_steps_at_most(who, monkeypatch):
    monkeypatch.setattr(paths, "MAX_STEPS", 1)
    step = PathStepFactory()

    with pytest.raises(PathRefused):
        paths.add_step(step.path_id, CourseFactory(), **who)


def test_prerequisites_that_close_a_circle_are_refused_by_name(who):
    first, second, third = (PathFactory(title=title) for title in ("One", "Two", "Three"))
    paths.set_path_prerequisites(second.pk, required_ids=[first.pk], **who)
    paths.set_path_prerequisites(third.pk, required_ids=[second.pk], **who)

    with pytest.raises(PathRefused, match="One → Three → Two → One"):
        paths.set_path_prerequisites(first.pk, required_ids=[third.pk], **who)

    assert not PathPrerequisite.objects.filter(path=first).exists()


def test_prerequisites_take_the_place_of_those_before(who):
    path, first, second = (PathFactory() for _ in range(3))
    paths.set_path_prerequisites(path.pk, required_ids=[first.pk], **who)

    paths.set_path_prerequisites(path.pk, required_ids=[second.pk], **who)
    assert list(path.prerequisites.all()) == [second]


def test_prerequisite_in_the_trash_is_refused(who):
    path, gone = PathFactory(), PathFactory(deleted_at=timezone.now())

    with pytest.raises(PathRefused):
        paths.set_path_prerequisites(path.pk, required_ids=[gone.pk], **who)


CLOSED = [
    {"status": Course.Status.DRAFT},
    {"status": Course.Status.ARCHIVED},
    {"visibility": Course.Visibility.PRIVATE},
    {"deleted_at": timezone.now()},
]


@pytest.mark.parametrize("fields", CLOSED)
def test_path_with_a_required_course_that_is_closed_is_not_published(who, fields):
    path = PathFactory(summary="Short.")
    PathStepFactory(path=path, course=CourseFactory(published=True, **fields))

    with pytest.raises(NotReady):
        paths.publish_path(path.pk, **who)

    PathStep.objects.update(is_required=False)
    PathStepFactory(path=path)
    assert paths.publish_path(path.pk, **who).status == Status.PUBLISHED


def test_path_without_a_required_step_is_not_published(who):
    path = PathFactory()
    PathStepFactory(path=path, is_required=False)

    with pytest.raises(NotReady):
        paths.publish_path(path.pk, **who)


def test_path_that_waits_for_a_draft_is_not_published(who):
    step = PathStepFactory(path=PathFactory(summary="Short."))
    PathPrerequisite.objects.create(path=step.path, required_path=PathFactory())

    assert [problem.code for problem in find_problems(step.path)] == ["closed_path"]


def test_path_is_published_withdrawn_and_archived(who):
    path = PathStepFactory(path=PathFactory()).path
    with pytest.raises(PathRefused):
        paths.archive_path(path.pk, **who)

    published = paths.publish_path(path.pk, **who)
    assert published.published_at == who["now"]
    assert paths.archive_path(path.pk, **who).status == Status.ARCHIVED
    assert paths.unpublish_path(path.pk, **who).status == Status.DRAFT


def test_path_in_the_trash_is_not_changed_until_it_is_restored(who):
    path = PathFactory()
    paths.trash_path(path, **who)
    with pytest.raises(PathRefused):
        paths.update_path(path.pk, title="New", **who)

    paths.restore_path(path, **who)
    assert paths.update_path(path.pk, title="New", **who).title == "New"


def test_who_sees_and_changes_which_paths(organization):
    author, other = UserFactory(instructor=True), UserFactory(instructor=True)
    admin, student = UserFactory(admin=True), UserFactory()
    draft = PathFactory(author=author)
    shown = PathFactory(author=author, published=True)
    PathFactory(author=author, published=True, deleted_at=timezone.now())

    rows = LearningPath.objects.order_by("pk")
    assert [list(rows.visible_to(user)) for user in (author, admin)] == [[draft, shown]] * 2
    assert [list(rows.visible_to(user)) for user in (other, student)] == [[shown]] * 2
    assert [list(rows.editable_by(user)) for user in (author, admin)] == [[draft, shown]] * 2
    assert [list(rows.editable_by(user)) for user in (other, student)] == [[], []]
