"""The embedded server, started for real."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import environ
import psycopg
import pytest

from lib.devtools.places import ROOT, Data
from lib.devtools.services import Services

START = """
import sys
from lib.devtools.places import Data
from lib.devtools.services import Services
services = Services(Data(sys.argv[1]), given={})
services.start()
services.keep()
print(services.variables["DATABASE_URL"])
services.release()
"""


@pytest.fixture
def data():
    """A folder that another account can enter, with whatever is started in it stopped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-"))
    folder.chmod(0o755)
    data = Data(folder)
    yield data
    Services(data, given={}).stop()
    shutil.rmtree(folder)


def start(data):
    return subprocess.Popen(
        [sys.executable, "-c", START, str(data.folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.slow
def test_starts_at_once_make_one_database_that_survives_a_kill(data):
    starts = [start(data) for _ in range(3)]
    addresses = {process.communicate()[0].strip() for process in starts}
    log = (data.database / "server.log").read_text()

    assert len(addresses) == 1
    assert log.count("ready to accept connections") == 1

    address = addresses.pop()
    with psycopg.connect(address, options="-c role=cairn_app") as connection:
        row = connection.execute(
            "SELECT current_user, current_setting('fsync'), current_setting('listen_addresses')"
        ).fetchone()
        assert row == ("cairn_app", "on", "")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE cairn_owner")

    os.kill(int((data.database / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    again = start(data)
    assert again.communicate()[0].strip() == address
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_address_means_the_same_to_the_settings(monkeypatch):
    address = "postgresql://cairn_web@/cairn?host=%2FSrv%2Fsocket&port=5432"
    monkeypatch.setenv("SOME_URL", address)

    found = environ.Env().db_url("SOME_URL")

    assert (found["NAME"], found["USER"], found["HOST"]) == ("cairn", "cairn_web", "")
    assert found["OPTIONS"] == {"host": "/Srv/socket", "port": 5432}
    assert psycopg.conninfo.conninfo_to_dict(address)["host"] == "/Srv/socket"
