"""Migrations are complete, and lead back as well as forth."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command


def own_apps():
    """Labels of the product's own apps. All their tables belong to an organization, so tenancy's are below all."""
    base = str(settings.BASE_DIR)
    configs = [config for config in apps.get_app_configs() if config.path.startswith(base)]
    return {config.label for config in configs if ".venv" not in config.path}


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.fixture
def empty_database():
    """Address of a new, empty database of the tables' owner."""
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    name = f"{settings.DATABASES['default']['TEST']['NAME']}_migrations_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    parts = urlsplit(owner)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET ROLE cairn_owner")
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(parts._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}"')


def manage(url, *arguments):
    environment = os.environ | {
        "DATABASE_URL": url,
        "DATABASE_OWNER_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects_of(url):
    """Names of all tables, functions and types that are not an extension's."""
    with psycopg.connect(url) as connection:
        return set(
            connection.execute(
                """
                SELECT 'table', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
                    AND relkind IN ('r', 'p', 'v', 'm')
                UNION SELECT 'function', proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
                """
            )
        )


@pytest.mark.slow
def test_migrations_lead_back_and_forth(empty_database):
    manage(empty_database, "migrate", "--verbosity=0")
    forth = objects_of(empty_database)
    assert ("table", "courses_course") in forth

    manage(empty_database, "migrate", "tenancy", "zero", "--verbosity=0")
    left = {name for _kind, name in objects_of(empty_database)}
    assert {name for name in left if name.split("_")[0] in own_apps()} == set()

    manage(empty_database, "migrate", "--verbosity=0")
    assert objects_of(empty_database) == forth
