"""A database of the benchmark's own: made, migrated and filled where it is missing."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.seeding.statistics import vacuum

SLUG = "bench"  #: the organization that `manage seed` makes; it answers at `bench.localhost`


def named(url: str, database: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def name_of(scale: float) -> str:
    """The database that the benchmark keeps for a scale."""
    return "cairn_bench" if scale == 1 else f"cairn_bench_{scale:g}".replace(".", "_")


def environment_for(database: str) -> dict[str, str]:
    """The environment of the site on this database, as in production."""
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    return os.environ | {
        "DATABASE_URL": named(os.environ["DATABASE_URL"], database),
        "DATABASE_OWNER_URL": named(owner, database),
        "YARDSTICK_DATABASE_URL": named(owner, database),
        "DEBUG": "0",
        "LOG_LEVEL": "ERROR",
    }


def prepare(database: str, scale: float, say) -> None:
    """Make the database, migrate it, and fill it unless it is filled."""
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    environment = environment_for(database)
    create(owner, database)
    run("manage.py", "migrate", "--noinput", environment=environment)
    if not is_seeded(environment["DATABASE_OWNER_URL"]):
        say(f"Filling {database} at scale {scale:g}; this takes some minutes, once …")
        run("manage.py", "seed", "--scale", f"{scale:g}", "--slug", SLUG, environment=environment)
    run("-m", "bench.gather", environment=environment)
    vacuum(environment["DATABASE_OWNER_URL"])


def create(owner_url: str, database: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if found.fetchone() is None:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER cairn_owner").format(name))


def owner_of(url: str):
    """A connection that may do with the tables what their owner may."""
    return psycopg.connect(url, autocommit=True, options="-c role=cairn_owner")


def is_seeded(url: str) -> bool:
    """Whether the organization is there and full."""
    with owner_of(url) as connection:
        found = connection.execute(
            "SELECT set_config('app.organization_id', id::text, false), set_config('app.private_to', '*', false) "
            "FROM tenancy_organizations() WHERE slug = %s",
            [SLUG],
        ).fetchone()
        if found is None:
            return False
        if connection.execute("SELECT EXISTS (SELECT FROM progress_moduleprogress)").fetchone()[0]:
            return True
    sys.exit(
        f"bench: an earlier filling of {urlsplit(url).path[1:]} was interrupted: drop that database and start again."
    )


def claim(url: str):
    """A connection whose life says that a benchmark runs here; two at once would measure each other."""
    connection = owner_of(url)
    if not connection.execute("SELECT pg_try_advisory_lock(hashtext('bench'))").fetchone()[0]:
        sys.exit("bench: another benchmark is running on this database: wait until it has ended.")
    return connection


def run(*arguments: str, environment: dict[str, str]) -> str:
    """Run a Python program and return what it printed; its complaints go to the terminal."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"bench: {' '.join(arguments[:2])} failed, its own message stands above.")
    return done.stdout
