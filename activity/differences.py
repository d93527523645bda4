"""What changed in a text, by words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_WORDS = (
    2_000  # of each side, after what both have in common at their ends; longer ones are not aligned
)
MAX_SHOWN = 2_000  # characters of one piece
CONTEXT = 12  # words that stay before and after a change
_WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that are in both texts ("same"), in the old one alone ("gone") or in the new one alone ("new")."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The texts as pieces in reading order; long stretches that stayed are cut to their ends."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle = _aligned(old[start : len(old) - end], new[start : len(new) - end])
    pieces = [("same", old[:start]), *middle, ("same", old[len(old) - end :])]
    pieces = [(kind, words) for kind, words in pieces if words]
    last = len(pieces) - 1
    return [
        Piece(
            kind,
            _shown(words, is_first=number == 0, is_last=number == last)
            if kind == "same"
            else _cut("".join(words)),
        )
        for number, (kind, words) in enumerate(pieces)
    ]


def _common(first, second) -> int:
    """How many words both begin with."""
    for number, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return number
    return min(len(first), len(second))


def _aligned(old, new):
    if max(len(old), len(new)) > MAX_WORDS:
        yield from (("gone", old), ("new", new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield "same", old[a:b]
        else:
            yield "gone", old[a:b]
            yield "new", new[c:d]


def _shown(words, *, is_first, is_last):
    if is_first and is_last:  # nothing changed
        return _cut("".join(words))
    head, tail = (0 if is_first else CONTEXT), (0 if is_last else CONTEXT)
    if len(words) <= head + tail + 1:
        return "".join(words)
    return f"{''.join(words[:head])}… {''.join(words[len(words) - tail :])}"


def _cut(text):
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} …"
