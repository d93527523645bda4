"""Learning paths on the dashboard."""

from django.urls import reverse
from django.utils import timezone

from content.tests.factories import PathFactory, PathStepFactory
from courses.tests.counting import statements
from enrollments import paths
from users.tests.factories import UserFactory


def test_dashboard_shows_the_paths_that_one_follows(
    client, organization, django_assert_max_num_queries
):
    student = UserFactory()
    shown, left, others = (PathStepFactory(path__title=name).path for name in ("On", "Off", "No"))
    for path in (shown, left):
        paths.join_path(path.pk, student, now=timezone.now())
    paths.leave_path(left.pk, student, now=timezone.now())
    paths.join_path(others.pk, UserFactory(), now=timezone.now())
    client.force_login(student)

    with django_assert_max_num_queries(12) as captured:
        page = client.get(reverse("home")).content.decode()
    linked = [path.title for path in (shown, left, others) if path.get_absolute_url() in page]
    assert linked == ["On"]
    assert len(statements(captured)) <= 8, statements(captured)


def test_joining_and_leaving_lead_back_to_the_path(client, organization):
    path, student = PathStepFactory().path, UserFactory()
    client.force_login(student)

    for name, button in (("path_join", "path_leave"), ("path_leave", "path_join")):
        url = reverse(f"enrollments:{name}", args=[path.slug])
        page = client.post(url, follow=True).content.decode()
        assert reverse(f"enrollments:{button}", args=[path.slug]) in page


def test_draft_is_not_there_to_join(client, organization):
    client.force_login(UserFactory())

    url = reverse("enrollments:path_join", args=[PathFactory().slug])
    assert client.post(url).status_code == 404
