"""Set-up that all tests share: a real PostgreSQL, the web's own role, one organization."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from tenancy.context import EVERYONE, organization_context
from tenancy.grants import APP_ROLE

#: Threads of the test server and of the worker leave theirs open, and the database could not be dropped.
END_OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()
"""

#: Jobs are in tables that Django does not manage, and would be left to the tests that follow.
QUEUE = ["procrastinate_jobs"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """After the owner made the tables, everything runs as the role of the web process.

    Transactional tests empty the tables afterwards, which that role may not do elsewhere, with the
    tables that only the database knows to belong to an organization.
    """
    operations = type(connection.ops)  # the class: a browser's test has a connection of its own
    empty_tables = operations.sql_flush
    operations.sql_flush = lambda self, style, tables, **options: empty_tables(
        self, style, [*tables, *QUEUE], **options | {"allow_cascade": True}
    )
    operations.execute_sql_flush = _again_after_deadlock(operations.execute_sql_flush)
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = f"-c role={APP_ROLE}"
        yield
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = "-c role=cairn_owner"
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # the login's own right to end its sessions
            cursor.execute(END_OTHER_SESSIONS)
        connection.close()


def _again_after_deadlock(flush):
    """The last request of a browser's test may still be at work when the tables are emptied."""

    def flush_again(self, statements):
        for _attempt in range(2):
            try:
                return flush(self, statements)
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return flush(self, statements)

    return flush_again


@pytest.fixture(autouse=True)
def _own_files_and_cache(tmp_path_factory, settings):
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "media"
    cache.clear()


@pytest.fixture
def organization(db):
    """The organization that a test works in: its host name is `harbor.localhost`."""
    from tenancy.tests.factories import found_organization  # noqa: PLC0415 -- needs the apps

    harbor = found_organization("Harbor School", "harbor", host="harbor.localhost", is_default=True)
    with organization_context(harbor):
        yield harbor


@pytest.fixture
def other_organization(organization):
    """A second organization, to show that nothing of it is seen."""
    from tenancy.tests.factories import found_organization  # noqa: PLC0415 -- needs the apps

    return found_organization("Summit Institute", "summit", host="summit.localhost")


@pytest.fixture
def client(client):
    """Django's test client on the organization's host name.

    A request runs inside the test's transaction and tells the database who acts; afterwards the test
    sees everybody's rows again.
    """
    client.defaults["SERVER_NAME"] = "harbor.localhost"
    for name in ("request", "force_login"):
        setattr(client, name, _step_back_after(getattr(client, name)))
    return client


STEP_BACK = "SELECT set_config('app.actor_id', %s, true), set_config('app.private_to', %s, true)"


def _step_back_after(call):
    def called(*args, **options):
        answer = call(*args, **options)
        if connection.in_atomic_block and not connection.needs_rollback:
            # Past Django's cursor, so that a test that counts queries counts those of the request.
            connection.connection.execute(STEP_BACK, ["", EVERYONE])
        return answer

    return called


@pytest.fixture(scope="session")
def test_data():
    """Folder with other people's courses and hostile files; its tests skip where it is absent."""
    folder = settings.TEST_DATA
    if not settings.TEST_DATA("README.md"):
        pytest.skip("the shared test data is not on this machine")
    return folder
