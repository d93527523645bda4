"""What an uploaded file is, told by its content and not by its name.

Types are an allow-list. A file whose name and content disagree is refused, whatever either says.
"""

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _

from lib.drawings import is_harmless_svg

MB = 1024 * 1024
HEAD = 4_096  # bytes looked at to tell the type
MAX_TEXT_CHECKED = 5 * MB

#: Largest size in bytes, by kind of file.
SIZE_LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "image": 10 * MB,
        "drawing": 1 * MB,
        "document": 50 * MB,
        "text": 5 * MB,
        "subtitles": 1 * MB,
        "audio": 100 * MB,
        "video": 500 * MB,
        "archive": 100 * MB,
    }
)
MAX_ARCHIVE_ENTRIES = 5_000
MAX_ARCHIVE_UNPACKED = 1_024 * MB
MAX_NAME = 120  # characters of a file name, with its ending


class FileRefused(ValueError):
    """This file is not taken. `code` is stable; `message` tells a person what to do instead."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file: its MIME type, its usual ending without the dot, and its kind (see SIZE_LIMITS)."""

    mime: str
    extension: str
    kind: str

    @property
    def may_show_inline(self) -> bool:
        """Whether a browser may show it within a page; everything else is served as an attachment.

        Drawings (SVG) are documents that can run script, so they never are.
        """
        return self.kind in ("image", "audio", "video", "subtitles")


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_KINDS = {
    kind.extension: kind
    for kind in (
        FileKind("image/png", "png", "image"),
        FileKind("image/jpeg", "jpg", "image"),
        FileKind("image/gif", "gif", "image"),
        FileKind("image/webp", "webp", "image"),
        FileKind("image/svg+xml", "svg", "drawing"),
        FileKind("application/pdf", "pdf", "document"),
        FileKind("audio/mpeg", "mp3", "audio"),
        FileKind("audio/ogg", "ogg", "audio"),
        FileKind("audio/wav", "wav", "audio"),
        FileKind("audio/mp4", "m4a", "audio"),
        FileKind("video/mp4", "mp4", "video"),
        FileKind("video/webm", "webm", "video"),
        FileKind(_OOXML + "wordprocessingml.document", "docx", "document"),
        FileKind(_OOXML + "spreadsheetml.sheet", "xlsx", "document"),
        FileKind(_OOXML + "presentationml.presentation", "pptx", "document"),
        FileKind(_ODF + "text", "odt", "document"),
        FileKind(_ODF + "spreadsheet", "ods", "document"),
        FileKind(_ODF + "presentation", "odp", "document"),
        FileKind("text/plain", "txt", "text"),
        FileKind("text/csv", "csv", "text"),
        FileKind("text/markdown", "md", "text"),
        FileKind("text/vtt", "vtt", "subtitles"),
        FileKind("application/zip", "zip", "archive"),
    )
}
_SAME = {"jpeg": "jpg", "jpe": "jpg", "markdown": "md", "oga": "ogg", "m4v": "mp4"}

#: Every ending that may be uploaded, with its dot, for the `accept` attribute of a file field.
EXTENSIONS = tuple(f".{extension}" for extension in sorted({*_KINDS, *_SAME}))


def sniff(
    file: BinaryIO,
    name: str,
    *,
    kinds: tuple[str, ...] | None = None,
    limits: Mapping[str, int] = SIZE_LIMITS,
) -> FileKind:
    """What this file is. `kinds` narrows what is taken, for instance to ("image",).

    Leaves the file at its beginning. Raises FileRefused with the code `empty`, `unknown_type`, `wrong_kind`,
    `too_large`, `mismatch`, `scripted`, `macros`, `unsafe_archive` or `malware`.
    """
    size = size_of(file)
    if not size:
        raise FileRefused("empty", _("This file is empty."))
    ending = PurePosixPath(name.replace("\\", "/").lower()).suffix.removeprefix(".")
    expected = _KINDS.get(_SAME.get(ending, ending))
    if expected is None:
        raise FileRefused("unknown_type", _unknown_type(ending))
    if kinds is not None and expected.kind not in kinds:
        raise FileRefused(
            "wrong_kind", _("A “.%(ending)s” file cannot be used here.") % {"ending": ending}
        )
    if size > limits[expected.kind]:
        raise too_large(size, limits[expected.kind])
    try:
        _check_content(file, expected)
    finally:
        file.seek(0)
    return expected


def size_of(file: BinaryIO) -> int:
    """The size in bytes; leaves the file at its beginning."""
    size = file.seek(0, 2)
    if size is None:  # Django's File passes on what the wrapped file returns, where there is one
        size = file.tell()
    file.seek(0)
    return size


def too_large(size: int, limit: int) -> FileRefused:
    """The refusal of a file of `size` bytes where `limit` are allowed."""
    values = {"size": _megabytes(size), "limit": _megabytes(limit)}
    return FileRefused(
        "too_large", _("This file has %(size)s MB; at most %(limit)s MB are allowed.") % values
    )


def _megabytes(size):
    return f"{size / MB:.1f}".removesuffix(".0")


def _unknown_type(ending):
    allowed = ", ".join(sorted(_KINDS))
    if not ending:
        return _("This file's name has no ending. Allowed are: %(allowed)s.") % {"allowed": allowed}
    values = {"ending": ending[:20], "allowed": allowed}
    return _("Files of the type “.%(ending)s” are not taken. Allowed are: %(allowed)s.") % values


def _check_content(file, expected):
    head = file.read(HEAD)
    if b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in head:
        raise FileRefused("malware", _("A virus scanner would stop this file."))
    if expected.extension == "svg":
        file.seek(0)
        if not is_harmless_svg(file):
            raise FileRefused(
                "scripted",
                _("This drawing holds scripts or links to other files. Save it as a plain SVG."),
            )
        return
    if expected.kind == "text":
        file.seek(0)
        if not _is_text(file.read(MAX_TEXT_CHECKED)):
            raise _mismatch(expected, head)
        return
    found = _binary_type(head)
    if found == "zip":
        found = _zip_type(file)
    if found != expected.extension:
        raise _mismatch(expected, head)


def _mismatch(expected, head):
    values = {"ending": expected.extension, "found": _guess_name(head)}
    if values["found"]:
        text = _("The name says “.%(ending)s”, but the content looks like %(found)s.") % values
    else:
        text = _("The name says “.%(ending)s”, but the content is something else.") % values
    return FileRefused("mismatch", text)


def _guess_name(head):
    """A name for what was found, for the message alone; it decides nothing."""
    try:
        return puremagic.magic_string(head)[0].name[:60]
    except (puremagic.PureError, ValueError, IndexError):
        return ""


_AT_START = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
_MP4_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"MSNV"}  # fmt: skip
_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_WEBVTT = re.compile(rb"(\xef\xbb\xbf)?WEBVTT(?=[ \t\r\n]|$)")


def _binary_type(head):
    for magic, extension in _AT_START:
        if head.startswith(magic):
            return extension
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return "m4a" if brand in (b"M4A ", b"M4B ") else "mp4" if brand in _MP4_BRANDS else ""
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "webm" if b"\x42\x82\x84webm" in head[:100] else ""
    if _WEBVTT.match(head):
        return "vtt"
    return "mp3" if _is_mpeg_audio(head) else ""


def _is_mpeg_audio(head):
    """Whether it starts with the header of an MPEG layer III frame."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer == 1 and head[2] >> 4 != 15 and head[2] >> 2 & 3 != 3


def _is_text(data):
    """UTF-8 (also with an incomplete last character), UTF-16 with its mark, or Windows' Latin letters."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif b"\x00" in data:
        return False
    else:
        encoding = "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and error.start < len(data) - 3:
            text = data.decode("cp1252", errors="replace")
        else:
            text = data[: error.start].decode(encoding)
    strange = sum(text.count(chr(code)) for code in range(32) if code not in (9, 10, 12, 13, 27))
    strange += text.count("\ufffd")
    return strange <= len(text) // 1_000


_OPEN_XML = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN_DOCUMENT = {
    f"{_ODF}text": "odt",
    f"{_ODF}spreadsheet": "ods",
    f"{_ODF}presentation": "odp",
}


def _zip_type(file):
    """Which of the types that are zip files this one is. Nothing is unpacked but a short `mimetype`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_archive(entries)
            names = {entry.filename for entry in entries}
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                mimetype = archive.read("mimetype").decode("ascii", errors="replace").strip()
                return _OPEN_DOCUMENT.get(mimetype, "zip")
    except FileRefused:
        raise
    except Exception as error:  # zipfile raises a dozen kinds of error for broken archives
        raise FileRefused("unsafe_archive", _("This archive is damaged.")) from error
    if "[Content_Types].xml" not in names:
        return "zip"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("macros", _("This document holds macros. Save it without them."))
    for folder, extension in _OPEN_XML.items():
        if any(name.startswith(folder) for name in names):
            return extension
    return "zip"


def _check_archive(entries):
    if len(entries) > MAX_ARCHIVE_ENTRIES:
        raise FileRefused(
            "unsafe_archive",
            _("This archive holds more than %(limit)d files.") % {"limit": MAX_ARCHIVE_ENTRIES},
        )
    if sum(entry.file_size for entry in entries) > MAX_ARCHIVE_UNPACKED:
        raise FileRefused("unsafe_archive", _("This archive would unpack to more than a gigabyte."))
    for entry in entries:
        path = entry.filename.replace("\\", "/")
        is_outside = path.startswith("/") or ".." in path.split("/") or path[1:2] == ":"
        is_link = entry.external_attr >> 16 & 0o170000 == 0o120000
        if is_outside or is_link:
            raise FileRefused(
                "unsafe_archive", _("This archive holds files that would land outside its folder.")
            )


_UNWANTED = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def safe_filename(name: str, fallback: str = "file") -> str:
    """The name as it may be offered for download on any system: no path, at most 120 characters.

    Letters of all scripts stay; invisible and direction-changing characters go.
    """
    name = name.replace("\\", "/").rpartition("/")[2]
    name = unicodedata.normalize("NFC", name.encode(errors="ignore").decode())
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C")
    name = re.sub(r"\s+", " ", _UNWANTED.sub("_", name)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = name, ""
    ending = f".{ending.lower()}" if ending else ""
    stem = stem.strip(" .")[: MAX_NAME - len(ending)] or fallback
    if _RESERVED.match(stem):
        stem = f"_{stem}"[: MAX_NAME - len(ending)]
    return stem + ending
