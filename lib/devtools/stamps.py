"""What was already done to a database, so that a second start need not do it again."""

import hashlib
from pathlib import Path

from lib.devtools.places import ROOT, Data

#: Whatever may change what `migrate` does, and what the demo data looks like.
SCHEMA_FILES = ("*/migrations/*.py", "tenancy/*.py", "requirements.txt")
DEMO_FILES = ("content/demo/**/*", "*/seeding/demo*.py", "*/management/commands/seed_demo.py")


class Stamp:
    """Holds as long as the files it names and the database itself are the same."""

    def __init__(self, data: Data, name: str, patterns: tuple[str, ...]):
        self.path = data.folder / "stamps" / name
        self.data = data
        self.patterns = patterns

    def holds(self) -> bool:
        return self._read() == self._now()

    def exists(self) -> bool:
        """Whether it was done at all to this database, however long ago."""
        return bool(self._read()) and self._read()[0] == self._cluster()

    def set(self) -> None:
        self._write(self._now())

    def doubt(self) -> None:
        """It was done; whether it still holds is not known."""
        self._write([self._cluster(), ""])

    def _write(self, lines):
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text("\n".join(lines))

    def _read(self):
        return self.path.read_text().split("\n") if self.path.exists() else []

    def _now(self):
        return [self._cluster(), fingerprint(ROOT, self.patterns)]

    def _cluster(self):
        """A cluster made anew has another version file."""
        status = (self.data.database / "PG_VERSION").stat()
        return f"{status.st_ino}-{status.st_mtime_ns}"


def fingerprint(root: Path, patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in sorted(
        {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    ):
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
