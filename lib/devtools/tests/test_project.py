"""What must stay together in the files of the project."""

import re

import pytest

from lib.devtools import requirements
from lib.devtools.places import ROOT
from lib.devtools.stamps import fingerprint

CALL = re.compile(r"\benv\.\w+\(([^)]*)\)")
NAME = re.compile(r"\"([A-Z][A-Z_]+)\"")


def test_every_variable_of_the_settings_is_in_the_example():
    used = set()
    for path in (ROOT / "config").glob("settings*.py"):
        used |= {name for call in CALL.findall(path.read_text()) for name in NAME.findall(call)}
    listed = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert {"SECRET_KEY", "DATABASE_URL"} <= used
    assert used - listed <= {"PYTEST_XDIST_WORKER", "WARNING"}


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
