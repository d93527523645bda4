import pytest

from users.tests.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_answer_on_any_host_and_leave_the_session_alone(client, organization, path):
    client.force_login(UserFactory())

    assert client.get(path).status_code == 200
    assert client.get(path, SERVER_NAME="10.0.0.7").status_code == 200
    assert client.get("/settings/profile/").status_code == 200  # still signed in


def test_healthz_needs_no_database(client):
    assert client.get("/healthz").content == b"ok"
