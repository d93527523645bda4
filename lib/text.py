"""Text as people type it, made safe to store: control characters, Unicode forms, slugs, spreadsheets."""

import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable

from django.utils.text import slugify
from django.utils.translation import gettext as _

SLUG_LENGTH = 80
SHORT_ID_BYTES = 4

# Everything in Unicode's class "Cc" but tab, newline and carriage return. PostgreSQL refuses NUL;
# the others break XML exports, terminals and logs.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NEWLINE = re.compile(r"\r\n?")
_ASCII_FOR = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O",
        "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
    }
)  # fmt: skip
_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?\s?%?")


class TextRefused(ValueError):
    """This text cannot be stored. The message says which character and where, in a person's words."""


def clean_text(value: str, *, drop_controls: bool = False) -> str:
    """The text in Unicode's composed form (NFC) with plain newlines, ready to be stored.

    Control characters raise TextRefused, since what a person typed is not changed silently;
    an importer that has to go on passes `drop_controls=True` and loses them.
    Lone surrogates, which no encoding can store, raise TextRefused in either case.
    """
    if broken := _SURROGATE.search(value):
        raise TextRefused(_describe(value, broken))
    if control := _CONTROL.search(value):
        if not drop_controls:
            raise TextRefused(_describe(value, control))
        value = _CONTROL.sub("", value)
    return unicodedata.normalize("NFC", _NEWLINE.sub("\n", value))


def clean_json(value):
    """Parsed JSON with every string and key passed through `clean_text`. Raises TextRefused.

    `jsonb` refuses the NUL that `"\\u0000"` becomes, so a form has to find it first.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list | tuple):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_json(key): clean_json(item) for key, item in value.items()}
    return value


def _describe(value, match):
    before = _CONTROL.sub("", value[max(0, match.start() - 20) : match.start()])
    before = _SURROGATE.sub("", before).strip()
    values = {"code": f"U+{ord(match.group()):04X}", "before": before}
    if before:
        return (
            _("There is a character that cannot be stored (%(code)s) after “%(before)s”.") % values
        )
    return _("There is a character that cannot be stored (%(code)s) at the beginning.") % values


def slug_from(
    title: str,
    max_length: int = SLUG_LENGTH,
    *,
    is_taken: Callable[[str], bool] | None = None,
) -> str:
    """An ASCII slug of 1 to `max_length` characters, cut between words where possible.

    A title without a single Latin letter or digit gives a short random id instead. With
    `is_taken(slug)`, a number is added until one is free; the unique constraint has the last word.
    """
    slug = slugify(title.translate(_ASCII_FOR)).strip("-_")
    slug = _shorten(slug, max_length) or secrets.token_hex(SHORT_ID_BYTES)[:max_length]
    if is_taken is None or not is_taken(slug):
        return slug
    for number in range(2, 100):
        ending = f"-{number}"
        numbered = _shorten(slug, max_length - len(ending)) + ending
        if not is_taken(numbered):
            return numbered
    ending = f"-{secrets.token_hex(SHORT_ID_BYTES)}"
    return _shorten(slug, max_length - len(ending)) + ending


def _shorten(slug, max_length):
    if len(slug) <= max_length:
        return slug
    cut = slug[:max_length]
    if slug[max_length] not in "-_" and (gap := cut.rfind("-")) >= max_length // 2:
        cut = cut[:gap]
    return cut.strip("-_")


def disarm_formula(value):
    """The cell as a spreadsheet may safely open it: text that would run as a formula gets a leading `'`.

    Numbers, also negative ones, and values that are not text are returned as they are.
    """
    if not isinstance(value, str):
        return value
    start = value.lstrip(" \xa0\ufeff\u200b")[:1]
    if not (start and start in _FORMULA_START) or _NUMBER.fullmatch(value.strip()):
        return value
    return "'" + value


def retagged(tags: Iterable[str], *, add: Iterable[str], remove: Iterable[str]) -> list[str]:
    """The tags without some and with others behind them, whatever their letters' case; those that stay keep it."""
    unwanted = {tag.casefold() for tag in remove}
    kept = [tag for tag in tags if tag.casefold() not in unwanted]
    present = {tag.casefold() for tag in kept}
    return kept + [tag for tag in add if tag.casefold() not in present]
