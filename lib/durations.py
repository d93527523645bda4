"""How long a video lasts, read from the head of its file (MP4 and WebM) without decoding it.

Libraries that read both need a compiler or a program of the system; each format says it in one place.
"""

import struct
from typing import BinaryIO

MAX_PARTS = 10_000  # of a file, looked at before it counts as damaged
MAX_SECONDS = 7 * 24 * 3600
MAX_NUMBER = 8  # bytes of a number in a WebM file

_SEGMENT, _INFO = 0x18538067, 0x1549A966
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_CLUSTER = 0x1F43B675  # pictures and sound begin here: what has not been said by then is not said
_EBML = 0x1A45DFA3


class Unreadable(ValueError):
    """The file is cut off or damaged, or is something else."""


def video_seconds(file: BinaryIO) -> int | None:
    """The length in whole seconds, rounded up; None where the file does not say it, as recordings of browsers.

    Raises Unreadable.
    """
    file.seek(0)
    try:
        is_webm = file.read(4) == _EBML.to_bytes(4, "big")
        seconds = _webm_seconds(file) if is_webm else _mp4_seconds(file)
    except (struct.error, ZeroDivisionError, OverflowError) as error:
        raise Unreadable from error
    finally:
        file.seek(0)
    return -int(-seconds // 1) if 0 < seconds <= MAX_SECONDS else None


# MP4: boxes of a size and a name; moov holds mvhd, and mdat the pictures.


def _mp4_seconds(file):
    size = file.seek(0, 2)
    boxes = dict(_boxes(file, 0, size))
    if b"moov" not in boxes or b"mdat" not in boxes:
        raise Unreadable
    header = dict(_boxes(file, *boxes[b"moov"])).get(b"mvhd")
    if header is None:
        raise Unreadable
    file.seek(header[0])
    version = file.read(4)[:1]
    layout, length = (">QQIQ", 28) if version == b"\x01" else (">IIII", 16)
    _made, _changed, scale, duration = struct.unpack(layout, file.read(length))
    return duration / scale


def _boxes(file, start, end):
    """Names of the boxes between two places, each with where its content begins and ends."""
    for _count in range(MAX_PARTS):
        if start + 8 > end:
            return
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            head = 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise Unreadable
        yield name, (start + head, start + size)
        start += size
    raise Unreadable


# WebM: elements of an id, a size and a content; the segment's info holds the duration in units of its scale.


def _webm_seconds(file):
    end = file.seek(0, 2)
    segment = _find(file, 0, end, _SEGMENT)
    info = segment and _find(file, *segment, _INFO)
    if info is None:
        raise Unreadable
    said, scale = (
        _read(file, _find(file, *info, _DURATION)),
        _read(file, _find(file, *info, _SCALE)),
    )
    if not said:
        return 0
    (duration,) = struct.unpack(">f" if len(said) == 4 else ">d", said)
    nanoseconds = int.from_bytes(scale, "big") if scale else 1_000_000
    return duration * nanoseconds / 1_000_000_000


def _read(file, place):
    if place is None:
        return b""
    start, stop = place
    file.seek(start)
    return file.read(min(stop - start, MAX_NUMBER))


def _find(file, start, end, wanted):
    """Where the content of an element begins and ends, None if it is not there."""
    for _count in range(MAX_PARTS):
        if start >= end:
            return None
        file.seek(start)
        found = _number(file, keep_mark=True)
        size = _number(file)
        start = file.tell()
        stop = end if size is None else start + size
        if found == wanted:
            return start, min(stop, end)
        if found == _CLUSTER:
            return None
        start = stop
    raise Unreadable


def _number(file, *, keep_mark=False):
    """A number that says by its first bits how many bytes it has; None where it stands for “unknown”."""
    first = file.read(1)
    if not first or not first[0]:
        raise Unreadable
    length = 9 - first[0].bit_length()
    data = first + file.read(length - 1)
    if len(data) < length:
        raise Unreadable
    value = int.from_bytes(data, "big")
    if keep_mark:
        return value
    value &= (1 << 7 * length) - 1
    return None if value == (1 << 7 * length) - 1 else value
