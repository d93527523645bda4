"""Reading a folder that a stranger made: nothing outside of it, no links, no surprises in size."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from lib import markdown
from lib.files import MB
from lib.text import TextRefused, clean_text

MAX_FILE = 500 * MB
MAX_ENTRIES = 50_000

_NUMBERED = re.compile(r"(\d{1,6})(?:[-_. ]+(.*))?", re.DOTALL)


class FileProblem(ValueError):
    """A file that cannot be read; the message says why."""


class Files(Protocol):
    """Where an import finds images and other files, by their paths inside of it."""

    def has(self, path: str) -> bool: ...

    def read(self, path: str) -> bytes: ...


class NoFiles:
    """For a course that has no files beside its text."""

    def has(self, path):
        return False

    def read(self, path):
        raise FileProblem(_("There is no such file."))


class Folder:
    """A folder, read by paths with "/" relative to it.

    Symbolic links are passed over, wherever they lead; `links` collects the paths of those met.
    """

    def __init__(self, root: str | os.PathLike):
        self.root = Path(root).resolve()
        self.links: list[str] = []
        self.unreadable: list[str] = []
        self._seen = 0

    def has(self, path: str) -> bool:
        try:
            return stat.S_ISREG(self._checked(path).lstat().st_mode)
        except (FileProblem, OSError, ValueError):
            return False

    def has_folder(self, path: str) -> bool:
        try:
            return stat.S_ISDIR(self._checked(path).lstat().st_mode)
        except (FileProblem, OSError, ValueError):
            return False

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """The bytes of a regular file of at most `limit` bytes. Raises FileProblem."""
        place = self._checked(path)
        try:
            handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                status = os.fstat(handle)
                if not stat.S_ISREG(status.st_mode):
                    raise FileProblem(_("This is no ordinary file."))
                if status.st_size > limit:
                    raise FileProblem(_too_large(status.st_size, limit))
                return file.read(limit + 1)
        except (OSError, ValueError) as error:
            if isinstance(error, FileProblem):
                raise
            raise FileProblem(_("This file cannot be read.")) from error

    def read_text(self, path: str, limit: int = markdown.MAX_BYTES) -> str:
        """A text in UTF-8, with plain newlines and without control characters. Raises FileProblem."""
        data = self.read(path, limit)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise FileProblem(
                _("This is not UTF-8: see line %(line)d.") % {"line": line}
            ) from error
        try:
            return clean_text(text, drop_controls=True)
        except TextRefused as error:
            raise FileProblem(str(error)) from error

    def folders(self, path: str = "") -> list[str]:
        """Names of the folders in a folder: numbered ones first, by number."""
        return [name for name, is_folder in self._entries(path) if is_folder]

    def files(self, path: str = "") -> list[str]:
        """Names of the files in a folder: numbered ones first, by number."""
        return [name for name, is_folder in self._entries(path) if not is_folder]

    def find(self, path: str, *names: str) -> str:
        """Path of the first of these files that a folder has, whatever their case; "" without one."""
        by_name = {name.lower(): name for name in self.files(path)}
        for name in names:
            if name.lower() in by_name:
                return join(path, by_name[name.lower()])
        return ""

    def walk(self, path: str = "") -> Iterator[str]:
        """Paths of all files below a folder."""
        for name, is_folder in self._entries(path):
            inner = join(path, name)
            if is_folder:
                yield from self.walk(inner)
            else:
                yield inner

    def _entries(self, path):
        entries = []
        try:
            with os.scandir(self._checked(path) if path else self.root) as found:
                for entry in found:
                    self._seen += 1
                    if self._seen > MAX_ENTRIES:
                        raise FileProblem(_("This folder holds too many files."))
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        self._note(self.links, join(path, entry.name))
                    elif not _is_readable(entry.name):
                        self._note(self.unreadable, join(path, ascii(entry.name)))
                    elif entry.is_dir() or entry.is_file():
                        entries.append((entry.name, entry.is_dir()))
        except OSError as error:
            raise FileProblem(_("This folder cannot be read.")) from error
        return sorted(entries, key=lambda entry: sort_key(entry[0]))

    def _note(self, notes, path):
        if path not in notes:
            notes.append(path)

    def _checked(self, path):
        """The place of a path, if no part of it leaves the folder or is a link."""
        parts = path.split("/")
        if path.startswith("/") or "\x00" in path or any(part in ("", ".", "..") for part in parts):
            raise FileProblem(_("This leads out of the folder."))
        place = self.root
        for part in parts:
            place = place / part
            if place.is_symlink():
                raise FileProblem(_("Symbolic links are not followed."))
        return place


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def number_of(name: str) -> int | None:
    """The number a name begins with, as in `2-branches` or `03 intro.md`; None without one."""
    match = _NUMBERED.fullmatch(name)
    return int(match.group(1)) if match else None


def title_from(name: str) -> str:
    """A title for a file or folder that names itself nowhere else: `2-your_work.md` → "Your work"."""
    stem = re.sub(r"\.(md|markdown)$", "", name, flags=re.IGNORECASE)
    match = _NUMBERED.fullmatch(stem)
    words = (match.group(2) or "" if match else stem) or stem
    words = re.sub(r"[-_\s]+", " ", words).strip() or stem
    return words[:1].upper() + words[1:]


def sort_key(name: str):
    number = number_of(name)
    return (number is None, number or 0, name.lower(), name)


def _is_readable(name):
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name.isprintable()


def _too_large(size, limit):
    values = {"size": f"{size / MB:.1f}", "limit": f"{limit / MB:.1f}"}
    return _("This file has %(size)s MB; at most %(limit)s MB are read.") % values
