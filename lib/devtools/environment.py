"""The Python environment in `.venv`: made once, installed from locked and hashed requirements."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lib.devtools import locks
from lib.devtools.console import Problem
from lib.devtools.places import PYTHON, ROOT, VENV

RUN, DEV = "requirements.txt", "requirements-dev.txt"
UV_LOCK = Path(__file__).with_name("uv.txt")

#: How uv calls what a machine's pip was told about mirrors, proxies and certificates.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}


def is_ready(requirements: str) -> bool:
    """Whether the environment is whole and holds what the file names."""
    wanted = {RUN: (RUN, DEV), DEV: (DEV,)}[requirements]
    return _is_usable() and any(_stamp(name) == _fingerprint(name) for name in wanted)


def prepare(requirements: str, steps) -> None:
    """Make and fill the environment where it is not ready; one at a time."""
    if is_ready(requirements):
        return
    lock = ROOT / ".venv.lock"
    with steps.step("Making the Python environment"), locks.exclusive(lock):
        if not _is_usable():
            _make()
        if not os.access(VENV, os.W_OK):
            raise Problem(
                "The environment .venv belongs to another account: delete it, or run ./dev as its owner."
            )
    with steps.step("Installing packages") as step, locks.exclusive(lock):
        if not is_ready(requirements):
            step.note(_install(requirements))
            _stamp_path(requirements).write_text(_fingerprint(requirements))


def _is_usable():
    if not PYTHON.exists():
        return False
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-I", "-S", "-c", code], capture_output=True, text=True)
    return answer.returncode == 0 and (VENV / "lib" / f"python{answer.stdout.strip()}").is_dir()


def _fingerprint(requirements):
    """Changes with the locked packages, with Python, and when the folder moves."""
    parts = [
        (ROOT / requirements).read_bytes(),
        (VENV / "pyvenv.cfg").read_bytes(),
        os.fsencode(VENV),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamp_path(requirements):
    return VENV / f"installed-{requirements}"


def _stamp(requirements):
    path = _stamp_path(requirements)
    return path.read_text() if path.exists() else ""


def _make():
    if VENV.exists():
        if not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
            raise Problem(".venv is not a Python environment: move it away and run ./dev again.")
        shutil.rmtree(VENV)
    python = getattr(sys, "_base_executable", sys.executable)
    # Debian splits both from Python.
    bundled = subprocess.run([python, "-m", "ensurepip", "--version"], capture_output=True)
    if bundled.returncode or importlib.util.find_spec("venv") is None:
        _make_without_ensurepip(python)
        return
    answer = subprocess.run([python, "-m", "venv", VENV], capture_output=True, text=True)
    if answer.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Problem(
            f"The environment .venv could not be made: {_last_line(answer.stdout + answer.stderr)}"
        )


def _make_without_ensurepip(python):
    """An environment without pip of its own, filled by a uv or a pip that is already on the machine."""
    uv = shutil.which("uv")
    if (
        uv
        and subprocess.run(
            [uv, "venv", "-q", "--python", python, VENV], capture_output=True
        ).returncode
        == 0
    ):
        return
    if importlib.util.find_spec("venv") and importlib.util.find_spec("pip"):
        made = subprocess.run([python, "-m", "venv", "--without-pip", VENV], capture_output=True)
        if made.returncode == 0:
            return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise Problem(
        "Python's venv module is not complete: install it "
        f"(Debian, Ubuntu: apt install python{version}-venv) and run ./dev again."
    )


def _pip():
    """The pip to install with: the environment's, else the one beside this Python aimed at it."""
    if (VENV / "bin" / "pip").exists():
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def _install(requirements):
    """By uv, which takes seconds; by pip where uv cannot be had. Returns which."""
    uv = VENV / "bin" / "uv"
    quiet = ["-q", "--disable-pip-version-check", "--no-input"]
    if not uv.exists() and not shutil.which("uv"):
        subprocess.run(
            [*_pip(), "install", *quiet, "--require-hashes", "-r", UV_LOCK], capture_output=True
        )
    program = uv if uv.exists() else shutil.which("uv")
    if program:
        command = [
            program,
            "pip",
            "install",
            "--python",
            PYTHON,
            "--compile-bytecode",
            "--require-hashes",
        ]
        answer = subprocess.run(
            [*command, "-r", ROOT / requirements], env=_uv_environment(), capture_output=True
        )
        if answer.returncode == 0:
            return "by uv"
    command = [*_pip(), "install", *quiet, "--require-hashes", "-r", ROOT / requirements]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode:
        raise Problem(
            f"The packages could not be installed ({_last_line(answer.stderr)}): check the network, "
            "or the proxy or mirror in pip's configuration, and run ./dev again."
        )
    return "by pip"


def _uv_environment():
    """Our environment, with what pip's configuration says where uv was not told otherwise."""
    variables = dict(os.environ)
    answer = subprocess.run([*_pip(), "config", "list"], capture_output=True, text=True)
    for name, value in pip_settings(answer.stdout).items():
        variables.setdefault(name, value)
    if "UV_INDEX" in variables:
        variables.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")  # as pip does; hashes decide
    return variables


def pip_settings(listing: str) -> dict[str, str]:
    """`pip config list` as variables for uv; what stands later in the list counts for pip, too."""
    settings = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if name in UV_NAMES and section in {"global", "install", ":env:"}:
            settings.setdefault(section, {})[UV_NAMES[name]] = (
                value.strip("'\"").replace("\\n", " ").strip()
            )
    return settings.get("global", {}) | settings.get("install", {}) | settings.get(":env:", {})


def _last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
