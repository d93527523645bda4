"""How two texts differ, line by line and word by word, for a page to show."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Lines compared word by word; longer texts would take too long.
MAX_LINES_IN_WORDS = 2_000
MAX_LINE_IN_WORDS = 2_000  # characters
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    LEFT_OUT = "left_out"  #: equal lines that are not shown; `count` says how many


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one text or of both: pieces of text, each with whether it is what differs."""

    change: Change
    pieces: tuple[tuple[str, bool], ...] = ()
    count: int = 1


def compare(before: str, after: str, *, context: int = 3) -> list[Line]:
    """The lines of both texts in order, removed before added; of equal ones at most `context` beside a change.

    Empty where the texts are equal.
    """
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return []
    lines = []
    in_words = len(old) + len(new) <= MAX_LINES_IN_WORDS
    for tag, start, end, new_start, new_end in SequenceMatcher(
        None, old, new, autojunk=len(old) + len(new) > MAX_LINES_IN_WORDS
    ).get_opcodes():
        if tag == "equal":
            at_edges = (start == new_start == 0, end == len(old) and new_end == len(new))
            lines += _same(old[start:end], context, *at_edges)
        else:
            lines += _changed(old[start:end], new[new_start:new_end], in_words)
    return lines


def _same(lines, context, is_first, is_last):
    head = 0 if is_first else context
    tail = 0 if is_last else context
    hidden = len(lines) - head - tail
    if hidden <= 1:
        return [Line(Change.SAME, ((line, False),)) for line in lines]
    shown = [
        Line(Change.SAME, ((line, False),)) for line in [*lines[:head], *lines[len(lines) - tail :]]
    ]
    return [*shown[:head], Line(Change.LEFT_OUT, count=hidden), *shown[head:]]


def _changed(old, new, in_words):
    pairs = in_words and len(old) == len(new)
    before, after = [], []
    for place in range(max(len(old), len(new))):
        if pairs and max(len(old[place]), len(new[place])) <= MAX_LINE_IN_WORDS:
            removed, added = _in_words(old[place], new[place])
        else:
            removed = ((old[place], False),) if place < len(old) else None
            added = ((new[place], False),) if place < len(new) else None
        if removed is not None:
            before.append(Line(Change.REMOVED, removed))
        if added is not None:
            after.append(Line(Change.ADDED, added))
    return [*before, *after]


def _in_words(old, new):
    """Both lines in pieces; what differs is marked."""
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    removed, added = [], []
    for tag, start, end, new_start, new_end in SequenceMatcher(
        None, old_words, new_words, autojunk=False
    ).get_opcodes():
        is_changed = tag != "equal"
        if end > start:
            removed.append(("".join(old_words[start:end]), is_changed))
        if new_end > new_start:
            added.append(("".join(new_words[new_start:new_end]), is_changed))
    return tuple(removed), tuple(added)
