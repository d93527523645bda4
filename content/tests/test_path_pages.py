"""The pages of learning paths: for visitors and students, and in the studio."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from content.models import LearningPath, PathPrerequisite, PathStep
from content.tests.factories import PathFactory, PathStepFactory
from courses.models import Course
from courses.tests.counting import statements
from courses.tests.factories import CourseFactory
from users.tests.factories import UserFactory


@pytest.fixture
def author(client, organization):
    person = UserFactory(instructor=True)
    client.force_login(person)
    return person


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def studio(path):
    return reverse("content:studio_path", args=[path.pk])


def send(client, path, do, **fields):
    return client.post(studio(path), {"do": do} | fields)


def test_list_shows_what_is_published_alone(client, organization):
    PathFactory(title="Shown", published=True)
    PathFactory(title="Drafted")
    PathFactory(title="Binned", published=True, deleted_at=timezone.now())
    PathFactory(
        title="Laid to rest", published_at=timezone.now(), status=LearningPath.Status.ARCHIVED
    )

    page = text_of(client, reverse("content:paths"))
    shown = [title for title in ("Shown", "Drafted", "Binned", "Laid to rest") if title in page]
    assert shown == ["Shown"]


def test_list_is_searched_and_narrowed(client, organization):
    PathFactory(title="Better teams", published=True)
    PathFactory(title="Data", summary="For teams.", published=True, is_sequential=False)
    PathFactory(title="Gardens", published=True)

    def found(**asked):
        page = client.get(reverse("content:paths"), asked).content.decode()
        return [title for title in ("Better teams", "Data", "Gardens") if title in page]

    assert found(q="TEAMS") == ["Better teams", "Data"]
    assert found(q="teams", order="free") == ["Data"]
    assert found(q="nothing") == []
    assert found(order="nonsense", sort="nonsense", cursor="nonsense") == [
        "Better teams",
        "Data",
        "Gardens",
    ]


@pytest.mark.parametrize("text", ["\x00", "\ud800", "x" * 100_000])
def test_search_takes_any_text(client, author, text):
    for name in ("content:paths", "content:studio_paths"):
        assert client.get(reverse(name), {"q": text.encode("utf-8", "ignore")}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_many(client, organization, count, django_assert_max_num_queries):
    for path in PathFactory.create_batch(count, published=True):
        PathStepFactory.create_batch(2, path=path)
    client.force_login(UserFactory())

    with django_assert_max_num_queries(8) as captured:
        text_of(client, reverse("content:paths"))
    assert len(statements(captured)) <= 4, statements(captured)


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_many_steps(client, organization, count):
    path = PathFactory(published=True)
    PathStepFactory.create_batch(count, path=path)
    client.force_login(UserFactory())

    with CaptureQueriesContext(connection) as captured:
        text_of(client, path.get_absolute_url())
    assert len(statements(captured)) <= 8, statements(captured)


def test_draft_is_there_for_its_author_and_admins_alone(client, author):
    own, other = PathFactory(author=author), PathFactory()

    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(admin=True))
    assert client.get(other.get_absolute_url()).status_code == 200
    client.logout()
    assert client.get(own.get_absolute_url()).status_code == 404


def test_page_hides_the_title_of_a_course_that_is_not_for_the_reader(client, organization):
    path = PathFactory(published=True)
    PathStepFactory(path=path, course=CourseFactory(title="Open one", published=True))
    PathStepFactory(path=path, course=CourseFactory(title="Unfinished one"))

    page = text_of(client, path.get_absolute_url())
    assert "Open one" in page
    assert "Unfinished one" not in page


def test_page_of_a_course_names_the_paths_that_it_is_part_of(client, organization):
    step = PathStepFactory(path__title="Better teams")
    PathStepFactory(path=PathFactory(title="Drafted"), course=step.course)

    page = text_of(client, step.course.get_absolute_url())
    assert "Better teams" in page
    assert "Drafted" not in page


def test_instructor_makes_a_path(client, author):
    CourseFactory(title="Listening", published=True)

    client.post(reverse("content:studio_path_new"), {"title": "Better teams"})
    path = LearningPath.objects.get()
    assert path.author == author
    response = send(client, path, "add", course="listening")
    assert response.status_code == 302
    assert send(client, path, "publish").status_code == 302
    path.refresh_from_db()
    assert path.status == LearningPath.Status.PUBLISHED


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"published": True, "visibility": Course.Visibility.PRIVATE},
        {"published": True, "deleted_at": timezone.now()},
    ],
)
def test_course_of_others_that_is_not_open_to_all_is_no_step(client, author, fields):
    CourseFactory(title="Hidden", **fields)
    path = PathFactory(author=author)

    response = send(client, path, "add", course="Hidden")
    assert "add-course-error" in response.content.decode()
    assert not PathStep.objects.exists()


def test_own_draft_may_be_a_step(client, author):
    course = CourseFactory(title="Mine", owner=author)
    path = PathFactory(author=author)

    send(client, path, "add", course="Mine")
    assert PathStep.objects.get().course == course


def test_steps_are_moved_required_and_removed(client, author):
    path = PathFactory(author=author)
    first, second = PathStepFactory.create_batch(2, path=path)

    send(client, path, f"up:{second.pk}")
    send(client, path, f"free:{first.pk}")
    rows = list(path.steps.order_by("position").values_list("pk", "is_required"))
    assert rows == [(second.pk, True), (first.pk, False)]
    send(client, path, f"move:{second.pk}", position="2")
    send(client, path, f"down:{second.pk}")
    send(client, path, f"require:{first.pk}")
    send(client, path, f"remove:{second.pk}")
    assert list(path.steps.values_list("pk", "position", "is_required")) == [(first.pk, 1, True)]


@pytest.mark.parametrize(
    "do", ["", "nonsense", "up:", "up:nonsense", "remove:00000000-0000-0000-0000-000000000000"]
)
def test_nonsense_is_refused_in_words(client, author, do):
    path = PathFactory(author=author)

    response = send(client, path, do)
    assert response.status_code == 200
    assert "alert-danger" in response.content.decode()


def test_step_of_another_path_is_not_touched(client, author):
    step = PathStepFactory()

    send(client, PathFactory(author=author), f"remove:{step.pk}")
    assert PathStep.objects.filter(pk=step.pk).exists()


def test_path_that_is_not_ready_says_why(client, author):
    path = PathFactory(author=author)

    page = send(client, path, "publish").content.decode()
    assert "alert-danger" in page
    path.refresh_from_db()
    assert path.status == LearningPath.Status.DRAFT


def test_words_and_prerequisites_are_saved_together(client, author):
    path, needed = PathFactory(author=author, title="Old"), PathFactory(published=True)
    here = reverse("content:studio_path_details", args=[path.pk])

    client.post(here, {"title": "New", "summary": "Short.", "more_prerequisites": needed.title})
    path.refresh_from_db()
    assert (path.title, path.summary, path.is_sequential) == ("New", "Short.", False)
    assert list(path.prerequisites.all()) == [needed]


def test_circle_is_refused_beside_its_field_and_nothing_is_saved(client, author):
    path, needed = PathFactory(author=author, title="Old"), PathFactory(published=True)
    PathPrerequisite.objects.create(path=needed, required_path=path)
    here = reverse("content:studio_path_details", args=[path.pk])

    response = client.post(here, {"title": "New", "more_prerequisites": needed.title})
    assert response.status_code == 200
    assert "Nobody could ever begin" in response.content.decode()
    path.refresh_from_db()
    assert path.title == "Old"


@pytest.mark.parametrize("name", ["studio_path", "studio_path_details", "studio_path_courses"])
def test_pages_of_another_authors_path_are_not_there(client, author, name):
    path = PathFactory(published=True)

    assert client.get(reverse(f"content:{name}", args=[path.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_studio_costs_the_same_for_many(client, author, count):
    for path in PathFactory.create_batch(count, author=author):
        PathStepFactory.create_batch(count, path=path)

    for url in (studio(path), reverse("content:studio_paths")):
        with CaptureQueriesContext(connection) as captured:
            text_of(client, url)
        assert len(statements(captured)) <= 8, statements(captured)
