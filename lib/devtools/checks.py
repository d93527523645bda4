"""`./dev check`: what must hold before a change goes in; one line each."""

import subprocess
from collections.abc import Callable

from lib.devtools import requirements
from lib.devtools.application import Application
from lib.devtools.console import Problem
from lib.devtools.places import PYTHON, ROOT, VENV


def check(application: Application) -> int:
    """Run all, also after one has failed. 1 if any failed."""
    failed = 0
    for title, look in _checks(application):
        try:
            problems = look()
        except Problem as problem:
            problems = str(problem)
        print(f"{'failed' if problems else 'ok    '}  {title}", flush=True)
        if problems:
            failed += 1
            print(
                "\n".join(f"        {line}" for line in problems.rstrip().splitlines()), flush=True
            )
    print(f"{failed} failed" if failed else "All is well.", flush=True)
    return 1 if failed else 0


def format_code() -> int:
    """Mend what can be mended by itself."""
    codes = [
        subprocess.run([VENV / "bin" / "ruff", *words], cwd=ROOT).returncode
        for words in (["check", "--fix"], ["format"])
    ]
    return max(codes)


def _checks(application) -> list[tuple[str, Callable[[], str]]]:
    def tool(*command):
        return lambda: _complaints(command, application.environment)

    ruff, script = VENV / "bin" / "ruff", lambda name: (PYTHON, VENV / "bin" / name)
    return [
        ("Python: rules", tool(ruff, "check", "--no-cache", "-q", ".")),
        ("Python: format", tool(ruff, "format", "--no-cache", "--check", "-q", ".")),
        (
            "Templates",
            tool(PYTHON, "-m", "djlint", "--profile", "jinja", "--lint", "--quiet", "templates"),
        ),
        ("Floors: imports go down", tool(*script("lint-imports"), "--no-cache")),
        (
            "Migrations: none missing",
            tool(*application.command("makemigrations", "--check", "--dry-run")),
        ),
        ("Django", tool(*application.command("check", "--fail-level", "WARNING"))),
        ("Requirements are locked", _requirements),
        ("Translations are complete", tool(PYTHON, "-m", "lib.devtools.translations", "--check")),
    ]


def _complaints(command, environment) -> str:
    """What a tool says when it is not content."""
    answer = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if not answer.returncode:
        return ""
    return answer.stdout.strip() or f"exit code {answer.returncode}"


def _requirements():
    missing = [
        f"{name} is in {source} and not in its lock: run ./dev lock"
        for source in ("requirements.in", "requirements-dev.in")
        for name in requirements.unlocked(ROOT / source, (ROOT / source).with_suffix(".txt"))
    ]
    return "\n".join(missing)
