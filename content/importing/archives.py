"""Archives and loose files from strangers, laid out as a folder: nothing lands outside of it, nothing blows up."""

import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from content.importing.files import number_of
from content.importing.tree import ImportRefused
from lib.files import MAX_ARCHIVE_ENTRIES, MAX_ARCHIVE_UNPACKED, MB, safe_filename

MAX_RATIO = 200  # times that an archive may grow; text packs to a tenth, empty pages to a fiftieth
FREE_SIZE = 10 * MB  # unpacked size below which nobody asks how well it was packed
MAX_DEPTH = 20  # folders within folders
MAX_NAME_BYTES = 255  # of each folder and file, as file systems have it

#: What systems leave behind, no part of anybody's course.
_NOISE = re.compile(r"(^|/)(__MACOSX(/|$)|\.DS_Store$|\._[^/]*$|Thumbs\.db$|desktop\.ini$)")
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_UTF8 = 0x800
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
#: Beginnings of files that are archives of another kind.
_OTHERS = (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")


def unpack(file: BinaryIO, folder: Path) -> Path:
    """Unpack a ZIP archive into an empty folder, and give the folder that holds the course.

    That is the only folder in it, where everything is within one. All is checked before anything is written.
    Raises ImportRefused.
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head.startswith(_OTHERS):
        raise ImportRefused(_("This archive is no ZIP. Pack the folder as ZIP and try again."))
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _checked(archive.infolist())
            for entry, name in entries:
                _write(archive, entry, folder / name)
    except ImportRefused:
        raise
    except Exception as error:  # zipfile raises a dozen kinds of error for what is broken or none
        raise ImportRefused(_("This is no ZIP archive, or it is damaged.")) from error
    return _root_of(folder)


def lay_out(files: Iterable[tuple[str, BinaryIO]], folder: Path) -> Path:
    """Write loose files into an empty folder, and give it.

    Texts are numbered in their order, if none is, since lessons begin with a number. Raises ImportRefused for names that
    are there twice.
    """
    named = [(safe_filename(name), file) for name, file in files]
    is_numbered = any(number_of(name) is not None for name, _file in named if _is_text(name))
    texts = sorted((name for name, _file in named if _is_text(name)), key=str.lower)
    numbers = {name: number for number, name in enumerate(texts, 1)}
    _refuse_doubles([name for name, _file in named])
    for name, file in named:
        is_index = name.lower() in ("readme.md", "index.md")
        number = "" if is_numbered or is_index or name not in numbers else f"{numbers[name]}-"
        with (folder / f"{number}{name}").open("wb") as target:
            shutil.copyfileobj(file, target)
    return folder


def _is_text(name):
    return name.lower().endswith((".md", ".markdown"))


def _checked(entries):
    """The files of an archive with the names they get. Raises ImportRefused."""
    if len(entries) > MAX_ARCHIVE_ENTRIES:
        raise ImportRefused(
            _("This archive holds more than %(limit)d files.") % {"limit": MAX_ARCHIVE_ENTRIES}
        )
    files = []
    for entry in entries:
        name = _name_of(entry)
        _check_entry(entry, name)
        if not entry.is_dir() and not _NOISE.search(name):
            files.append((entry, name))
    _check_sizes([entry for entry, _name in files])
    _refuse_doubles([name for _entry, name in files])
    return files


def _name_of(entry):
    """The name in Unicode's composed form, whichever program wrote it."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            name = entry.orig_filename  # a name in a code page of old, which nothing tells
    return unicodedata.normalize("NFC", name.replace("\\", "/")).removeprefix("./")


def _check_entry(entry, name):
    shown = ascii(name)[1:-1][:100]
    if entry.flag_bits & _ENCRYPTED:
        raise ImportRefused(_("This archive is locked with a password. Pack it again without one."))
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ImportRefused(
            _("“%(name)s” in this archive is a link. Pack the files themselves.") % {"name": shown}
        )
    parts = name.removesuffix("/").split("/")
    is_outside = (
        name.startswith("/") or _DRIVE.match(name) or any(p in ("", ".", "..") for p in parts)
    )
    if is_outside or _CONTROL.search(name):
        raise ImportRefused(
            _("“%(name)s” in this archive would land outside of its folder.") % {"name": shown}
        )
    if len(parts) > MAX_DEPTH or any(
        len(part.encode(errors="replace")) > MAX_NAME_BYTES for part in parts
    ):
        raise ImportRefused(_("“%(name)s” in this archive is too long a name.") % {"name": shown})
    if entry.compress_type not in _METHODS:
        raise ImportRefused(
            _("“%(name)s” in this archive is packed in a way that is not known here.")
            % {"name": shown}
        )


def _check_sizes(entries):
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_ARCHIVE_UNPACKED:
        raise ImportRefused(_("This archive would unpack to more than a gigabyte."))
    if unpacked > FREE_SIZE and unpacked > MAX_RATIO * packed:
        raise ImportRefused(_("This archive would grow beyond all measure when it is unpacked."))


def _refuse_doubles(names):
    """No file twice, none that differs from another in its letters' case alone, none in the place of a folder."""
    seen = set()
    folders = {parent for name in names for parent in _parents(_folded(name))}
    for name in names:
        folded = _folded(name)
        if folded in seen or folded in folders:
            raise ImportRefused(_("“%(name)s” is there twice.") % {"name": ascii(name)[1:-1][:100]})
        seen.add(folded)


def _folded(name):
    return unicodedata.normalize("NFC", name.casefold())


def _parents(name):
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _write(archive, entry, place):
    place.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, place.open("xb") as target:
        shutil.copyfileobj(source, target)


def _root_of(folder):
    entries = list(folder.iterdir())
    is_wrapped = len(entries) == 1 and entries[0].is_dir() and number_of(entries[0].name) is None
    return entries[0] if is_wrapped else folder
