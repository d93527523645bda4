"""The locked requirements: making them, and whether they still belong to what was asked for."""

import re
import subprocess
from pathlib import Path

from lib.devtools.console import Problem, say
from lib.devtools.environment import UV_LOCK
from lib.devtools.places import ROOT, VENV

OPTIONS = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
)


def lock(arguments: list[str]) -> int:
    """Resolve `requirements*.in`; arguments such as `--upgrade` go on to uv."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        raise Problem("uv is missing from .venv: delete .venv and run ./dev lock again.")
    runs = [
        (["requirements.in"], ROOT / "requirements.txt", ""),
        (["requirements-dev.in", "-c", "requirements.txt"], ROOT / "requirements-dev.txt", ""),
        (["-"], UV_LOCK, "uv\n"),
    ]
    for sources, target, text in runs:
        say(f"Locking {target.relative_to(ROOT)} …")
        command = [uv, "pip", "compile", "-q", *OPTIONS, *arguments, *sources, "-o", target]
        answer = subprocess.run(command, cwd=ROOT, input=text, text=True)
        if answer.returncode:
            return answer.returncode
    return 0


def unlocked(source: Path, target: Path) -> list[str]:
    """Names that the source asks for and the lock does not hold."""
    locked = set(
        re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", target.read_text(), re.MULTILINE)
    )
    return sorted(_names(source) - {_plain(name) for name in locked})


def _names(source):
    names = set()
    for line in source.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("-r "):
            names |= _names(source.parent / line[3:].strip())
        elif line:
            names.add(_plain(re.match(r"[A-Za-z0-9._-]+", line).group()))
    return names


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()
