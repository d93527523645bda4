"""Progress in the back office: to look at, each instructor their own courses."""

import pytest

from progress.tests.factories import LessonProgressFactory, ModuleProgressFactory
from users.tests.factories import UserFactory

CASES = [
    (LessonProgressFactory, "/admin/progress/lessonprogress/"),
    (ModuleProgressFactory, "/admin/progress/moduleprogress/"),
]


@pytest.mark.parametrize(("factory", "path"), CASES)
def test_lists_are_scoped_and_read_only(client, organization, factory, path):
    mine, theirs = factory(), factory()

    def names(user):
        client.force_login(user)
        html = client.get(path).content.decode()
        return [row.student.last_name in html for row in (mine, theirs)]

    assert names(mine.enrollment.course.owner) == [True, False]
    assert names(UserFactory(admin=True)) == [True, True]
    assert client.get(f"{path}add/").status_code == 403
    assert client.post(f"{path}{mine.pk}/delete/").status_code == 403
    assert client.get(f"{path}{mine.pk}/change/").status_code == 200


@pytest.mark.parametrize(("factory", "path"), CASES)
@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_is_constant(
    client, organization, factory, path, count, django_assert_max_num_queries
):
    factory.create_batch(count)
    client.force_login(UserFactory(admin=True))
    client.get(path)
    with django_assert_max_num_queries(14):
        assert client.get(path).status_code == 200
