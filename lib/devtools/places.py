"""Where things are: the code, its environment, and the folder that holds one copy's data."""

import hashlib
import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from lib.devtools.console import Problem

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

#: A socket's whole path may have 107 bytes; PostgreSQL adds `.s.PGSQL.5432` to its folder.
LONGEST_SOCKET_FOLDER = 85
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")

#: What the launcher and the site put into a data folder.
OURS = (
    *("run", "logs", "stamps", "media", "static", "secret_key"),
    *(".kept", ".in-use", ".lock", ".preparing"),
)


def site_packages() -> Path:
    """The folder of the environment's packages, whichever Python made it."""
    found = sorted(VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise Problem("The environment in .venv has no packages: delete .venv and run ./dev again.")
    return found[-1]


def make_folder(path: Path, mode: int) -> None:
    """With exactly these rights, whatever mask the user has."""
    path.mkdir(exist_ok=True)
    path.chmod(mode)


class Data:
    """The folder of one copy: database, cache socket, uploads, secrets."""

    def __init__(self, folder: str | os.PathLike | None = None):
        self.folder = Path(os.path.abspath(folder or ROOT / "var"))
        self.database = self.folder / "postgres"
        self.lock = self.folder / ".lock"
        self.preparing = self.folder / ".preparing"
        self.in_use = self.folder / ".in-use"
        self.kept = self.folder / ".kept"
        self.secret_key = self.folder / "secret_key"
        self.logs = self.folder / "logs"

    @property
    def digest(self) -> str:
        """Short, the same for the same folder, different for another."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:10]

    def make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True)
        except OSError as error:
            raise Problem(
                f"The data folder {self.folder} cannot be made ({error.strerror}): "
                "name one that can be written with --data DIR."
            ) from error
        if not os.access(self.folder, os.W_OK):
            raise Problem(
                f"The data folder {self.folder} cannot be written by this user: name another with --data DIR."
            )

    def remove(self) -> None:
        """Delete what is ours, and the folder if nothing else is in it."""
        for name in OURS:
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
        self.tidy_sockets()

    @property
    def _short_folder(self):
        return Path(tempfile.gettempdir()) / f"cairn-{os.getuid()}-{self.digest}"

    def tidy_sockets(self) -> None:
        """Leave nothing in the temporary folder once the services are stopped."""
        for folder in (*self._short_folder.glob("*"), self._short_folder):
            with suppress(OSError):
                folder.rmdir()

    def short_folder(self) -> Path:
        """A folder for sockets whose path is short, of our own alone."""
        folder = self._short_folder
        folder.mkdir(mode=0o711, exist_ok=True)
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != os.getuid():
            raise Problem(
                f"{folder} belongs to somebody else: remove it, or set TMPDIR to another folder."
            )
        folder.chmod(0o711)
        return folder

    def socket_folder(self, name: str) -> Path:
        """Where a service's socket goes: in the data folder, else in a short one.

        Too deep a folder cannot hold a socket; a comma or a space in an address means something else.
        """
        folder = self.folder / "run" / name
        if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or not PLAIN.fullmatch(str(folder)):
            return self.short_folder() / name
        return folder
