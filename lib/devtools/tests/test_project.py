"""What must stay together in the files of the project."""

import re

import pytest
import yaml
from django.conf import settings

from lib.devtools import requirements
from lib.devtools.places import ROOT
from lib.devtools.stamps import fingerprint

EXAMPLE = (ROOT / ".env.example").read_text()
CALL = re.compile(r"\benv\.\w+\(([^)]*)\)")
NAME = re.compile(r"[\"']([A-Z][A-Z_]+)[\"']")


def read_by_settings():
    texts = [path.read_text() for path in (ROOT / "config").glob("settings*.py")]
    return {name for text in texts for call in CALL.findall(text) for name in NAME.findall(call)}


def in_example():
    return set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_variable_of_the_settings_is_in_the_example():
    used, listed = read_by_settings(), in_example()

    assert {"SECRET_KEY", "DATABASE_URL"} <= used
    assert used - listed <= {"PYTEST_XDIST_WORKER", "WARNING"}


def test_compose_file_gives_variables_that_are_read():
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    sites = {name for name, service in services.items() if service["image"] == "cairn"}
    given = {variable for name in sites for variable in services[name]["environment"]}

    assert sites == {"migrate", "web", "worker"}
    assert given <= read_by_settings()
    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= in_example()


def test_image_holds_every_app():
    kept = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    ours = {app.partition(".")[0] for app in settings.INSTALLED_APPS}

    assert {name for name in ours if (ROOT / name).is_dir()} <= kept
    assert all((ROOT / name).exists() for name in kept)


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_requirements_are_locked(name):
    assert requirements.unlocked(ROOT / f"{name}.in", ROOT / f"{name}.txt") == []


def test_unlocked_names_are_found_however_they_are_written(tmp_path):
    (tmp_path / "a.in").write_text(
        "# why\nDjango~=5.2\npsycopg[binary,pool]\nmissing_one>=1  # new\n"
    )
    (tmp_path / "a.txt").write_text(
        "django==5.2.1 \\\n    --hash=sha256:00\npsycopg[binary]==3.2\n"
    )

    assert requirements.unlocked(tmp_path / "a.in", tmp_path / "a.txt") == ["missing-one"]


def test_fingerprint_follows_names_and_contents(tmp_path):
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "one.py"
    file.write_text("1")
    before = fingerprint(tmp_path, ("*/*.py",))
    assert fingerprint(tmp_path, ("*/*.py", "a/*.py")) == before

    file.write_text("2")
    changed = fingerprint(tmp_path, ("*/*.py",))
    file.rename(tmp_path / "a" / "two.py")

    assert len({before, changed, fingerprint(tmp_path, ("*/*.py",))}) == 3
