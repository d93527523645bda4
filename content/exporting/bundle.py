"""The files of an export, and how they become a folder or an archive."""

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.core.files.storage import Storage

#: Of every file in an archive: the first moment that the format knows, so that equal files are equal bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)
_ORDINARY_FILE = 0o100644 << 16
#: What becomes smaller by packing; pictures, sound and films are packed already.
_TEXTS = (".md", ".yaml", ".vtt", ".txt", ".csv", ".svg")

Progress = Callable[[int, int, str], None]


class Bundle:
    """Texts, and files of a storage, by their paths with "/"."""

    def __init__(self):
        self._texts: dict[str, bytes] = {}
        self._files: dict[str, tuple[Storage, str]] = {}
        self.assets: dict[str, str] = {}  #: ids of the library's files, by their paths

    def add_text(self, path: str, text: str) -> None:
        self._texts[path] = text.encode()

    def add_file(self, path: str, storage: Storage, name: str) -> None:
        self._files[path] = (storage, name)

    def __len__(self):
        return len(self._texts) + len(self._files)

    def __contains__(self, path):
        return path in self._texts or path in self._files

    def paths(self) -> list[str]:
        return sorted([*self._texts, *self._files])

    def text_paths(self) -> list[str]:
        return sorted(self._texts)

    def text(self, path: str) -> str:
        return self._texts[path].decode()

    def copy_to(self, path: str, target: BinaryIO) -> None:
        """Write one file into an open one. Raises OSError for a file that the storage has lost."""
        if path in self._texts:
            target.write(self._texts[path])
            return
        storage, name = self._files[path]
        with storage.open(name) as file:
            shutil.copyfileobj(file, target)


def write_folder(bundle: Bundle, folder: Path) -> None:
    """Write all files below `folder`, which is made if there is none. Raises FileExistsError for one that is not empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    for path in bundle.paths():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as target:
            bundle.copy_to(path, target)


def write_texts(bundle: Bundle, folder: Path) -> None:
    """Write the texts alone below a folder, without the files that they name."""
    for path in bundle.text_paths():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(bundle.text(path), encoding="utf-8", newline="")


def write_zip(bundle: Bundle, file: BinaryIO, *, progress: Progress | None = None) -> None:
    """Write all files as a ZIP archive; `progress(done, total, path)` is told of each."""
    paths = bundle.paths()
    with zipfile.ZipFile(file, "w") as archive:
        for path in _told(paths, progress):
            entry = zipfile.ZipInfo(path, NO_TIME)
            entry.external_attr = _ORDINARY_FILE
            entry.create_system = 3  # Unix, wherever this runs
            is_text = path.endswith(_TEXTS)
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            with archive.open(entry, "w") as target:
                bundle.copy_to(path, target)


def _told(paths, progress) -> Iterator[str]:
    for number, path in enumerate(paths):
        if progress:
            progress(number, len(paths), path)
        yield path
    if progress:
        progress(len(paths), len(paths), "")
