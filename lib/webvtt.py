"""Captions as WebVTT (https://www.w3.org/TR/webvtt1/): whether a player will understand a file of them."""

import re

from django.utils.translation import gettext as _

_HEADER = re.compile(r"WEBVTT([ \t].*)?")
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+.*)?")
_ABOUT = ("NOTE", "STYLE", "REGION")


class CaptionsRefused(ValueError):
    """A player would not understand these captions; the message names the line, counted from 1."""

    def __init__(self, line: int, text: str):
        super().__init__(_("Line %(line)d: %(text)s") % {"line": line, "text": text})
        self.line = line


def check_webvtt(data: bytes) -> int:
    """How many cues there are: each with its times, ending after it begins, in the order of their beginnings.

    Raises CaptionsRefused at the first line that is wrong.
    """
    lines = _lines(data)
    if not _HEADER.fullmatch(lines[0]):
        raise CaptionsRefused(1, _("Captions begin with the word WEBVTT."))
    count, latest = 0, 0
    for number, block in _blocks(lines[1:]):
        place = _timing_of(number, block)
        if place is None:
            continue
        latest = _check_cue(number + place, block[place:], latest)
        count += 1
    if not count:
        raise CaptionsRefused(len(lines), _("There is no caption in this file."))
    return count


def _lines(data):
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CaptionsRefused(line, _("This is no UTF-8 text.")) from error
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _blocks(lines):
    """Lines between empty ones, each block with the number of its first line."""
    block = []
    for number, line in enumerate([*lines, ""], start=2):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _timing_of(number, block):
    """Which line of the block holds the times: the first, or the second under a cue's name; None for no cue."""
    for place, line in enumerate(block[:2]):
        if "-->" in line:
            return place
    if number == 2 or block[0].split(maxsplit=1)[0] in _ABOUT:  # what the header says, and comments
        return None
    raise CaptionsRefused(number, _("A caption needs its times, such as 00:01.000 --> 00:04.000."))


def _check_cue(number, block, latest):
    """The beginning of a cue in milliseconds."""
    match = _TIMING.fullmatch(block[0])
    if match is None:
        raise CaptionsRefused(number, _("Times look like 00:01.000 --> 00:04.000."))
    begin, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
    if end <= begin:
        raise CaptionsRefused(number, _("A caption ends after it begins."))
    if begin < latest:
        raise CaptionsRefused(number, _("This caption begins before the one above it."))
    for below, line in enumerate(block[1:], start=1):
        if "-->" in line:
            raise CaptionsRefused(number + below, _("Leave an empty line between two captions."))
    return begin


def _milliseconds(parts):
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest
