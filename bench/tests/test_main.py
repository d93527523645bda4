import os

import pytest

from bench import __main__ as bench
from bench import database


def test_the_database_is_made_from_the_address_of_the_site_itself(monkeypatch):
    """On a fresh machine the database of the benchmark is not there yet, so nothing may lead to it before."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://web@/cairn?host=%2Frun&port=1")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://admin@/cairn?host=%2Frun&port=1")

    def create(owner_url, name):
        assert (owner_url, name) == (os.environ["DATABASE_OWNER_URL"], "cairn_bench")
        assert "/cairn?" in owner_url
        raise SystemExit("created")

    monkeypatch.setattr(database, "create", create)

    with pytest.raises(SystemExit, match="created"):
        bench.main([])
