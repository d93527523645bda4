"""What a Markdown file says of itself: front matter, its title, its lesson's settings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from content.importing.files import FileProblem, Folder, title_from
from content.models import Lesson, Module
from lib import frontmatter, markdown

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}#[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
_SENTENCE_END = re.compile(r"[.!?](?=[\s…])|[。！？]")
_LINK = re.compile(r"<a [^<>]*>.*?</a>", re.DOTALL)
_EMOJI_CODE = re.compile(r":[a-z0-9_+-]+:")

SUMMARY_LENGTH = 300  # characters, a few lines under a title

_COMPLETIONS = set(Lesson.Completion)


@dataclass(slots=True)
class Text:
    """A Markdown file: its values, its title, its body without the title, and what was above the title."""

    path: str
    title: str
    body: str
    values: dict = field(default_factory=dict)
    above: str = ""


def read_text(folder: Folder, path: str) -> Text:
    """Read and check a Markdown file. Raises FileProblem for one that could never be shown."""
    raw = folder.read_text(path)
    try:
        values, body = frontmatter.split(raw)
    except ValueError as error:
        raise FileProblem(str(error)) from error
    heading, above, body = split_title(body)
    try:
        markdown.render(body)
    except ValueError as error:
        raise FileProblem(str(error)) from error
    named = values.get("title")
    title = named.strip() if isinstance(named, str) else heading
    fallback = path.rpartition("/")
    if not title:
        is_index = fallback[2].lower() in ("readme.md", "index.md")
        title = title_from(fallback[0].rpartition("/")[2] if is_index else fallback[2])
    return Text(path, title[:255], body, values, above)


def split_title(body: str) -> tuple[str, str, str]:
    """The first h1 as plain text, what stands above it, and the text without it; "" without an h1."""
    lines = body.splitlines(keepends=True)
    fence = ""
    for number, line in enumerate(lines):
        if match := _FENCE.match(line):
            mark = match.group(1)
            if not fence:
                fence = mark
            elif mark[0] == fence[0] and len(mark) >= len(fence):
                fence = ""
            continue
        if fence:
            continue
        if match := _HEADING.fullmatch(line.rstrip("\n")):
            return _plain(match.group(1)), "".join(lines[:number]), _joined(lines, number, 1)
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if line.strip() and following and _UNDERLINE.fullmatch(following.rstrip("\n")):
            return _plain(line.strip()), "".join(lines[:number]), _joined(lines, number, 2)
    return "", "", body


def _joined(lines, number, length):
    return "".join(lines[:number]) + "".join(lines[number + length :]).lstrip("\n")


def _plain(heading):
    text = markdown.render(f"# {heading}").text.replace("\n", " ")
    return _EMOJI_CODE.sub("", text).strip()


def summary_of(body: str) -> str:
    """The first sentences of the first paragraph of prose, without markup; "" if there is none.

    Prose is neither a list nor a table, and not for the most part links, as a row of badges is.
    """
    html = markdown.render(body).html
    for name, start, end in markdown.top_level(html):
        paragraph = html[start:end]
        if name == "p" and _is_prose(paragraph):
            return _first_sentences(markdown.plain_text(paragraph))
    return ""


def _is_prose(paragraph):
    words = len(markdown.plain_text(paragraph).split())
    unlinked = len(markdown.plain_text(_LINK.sub("", paragraph)).split())
    return 0 < words <= 2 * unlinked


def _first_sentences(text):
    short = markdown.excerpt(text, SUMMARY_LENGTH)
    if not short.endswith("…"):
        return short
    ends = [match.end() for match in _SENTENCE_END.finditer(short)]
    return short[: ends[-1]] if ends and ends[-1] > SUMMARY_LENGTH // 3 else short


# Values


def lesson_fields(values: dict, *, is_whole: bool = False) -> tuple[dict, list[str]]:
    """What front matter says of a lesson, and a sentence about each value that cannot be used.

    `is_whole`: what is not said is as in a new lesson, and texts are kept to the letter.
    """
    readers = {
        "summary": _raw_text if is_whole else _text,
        "duration_minutes": _number,
        "completion": _completion,
        "completion_seconds": _number,
        "is_preview": _truth,
        **RELEASE,
    }
    fields, complaints = read_fields(values, readers)
    _drop_impossible(fields, complaints)
    return (new_values(Lesson, readers) | fields if is_whole else fields), complaints


def module_rules(values: dict, *, is_whole: bool = False) -> tuple[dict, list[str]]:
    """The rules of a module, likewise."""
    readers = {"lesson_order": _order, **RELEASE}
    rules, complaints = read_fields(values, readers)
    _drop_impossible(rules, complaints)
    return (new_values(Module, readers) | rules if is_whole else rules), complaints


def read_fields(values: dict, readers: dict) -> tuple[dict, list[str]]:
    """Each value by its reader, and a sentence about each that raises ValueError there."""
    fields, complaints = {}, []
    for name, reader in readers.items():
        if values.get(name) is not None:
            try:
                fields[name] = reader(values[name])
            except (ValueError, OverflowError):
                complaints.append(_("The value of “%(name)s” cannot be used.") % {"name": name})
    return fields, complaints


def new_values(model: type, names: Iterable[str]) -> dict:
    """What a new row has in these fields."""
    return {name: model._meta.get_field(name).get_default() for name in names}


def _drop_impossible(fields, complaints):
    if fields.get("completion") == Lesson.Completion.TIME and not fields.get("completion_seconds"):
        del fields["completion"]
        complaints.append(_("“completion: time” needs “completion_seconds”."))
    if "opens_at" in fields and "opens_after_days" in fields:
        del fields["opens_after_days"]
        complaints.append(_("“opens_at” and “opens_after_days” exclude each other."))


def _text(value):
    if not isinstance(value, str | int | float):
        raise ValueError
    return str(value).strip()[:500]


def _raw_text(value):
    if not isinstance(value, str) or len(value) > 500:
        raise ValueError
    return value


def _number(value):
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1_000_000:
        raise ValueError
    return value


def _days(value):
    if _number(value) > 32_767:
        raise ValueError
    return value


def _completion(value):
    if value not in _COMPLETIONS:
        raise ValueError
    return value


def _order(value):
    if value not in set(Module.Order):
        raise ValueError
    return value


def _truth(value):
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 -- one kind of error for all readers
    return value


def moment(value: object) -> datetime:
    """A time, in the zone of the organization where it names none; a day begins at midnight.

    Raises ValueError for what is none, OverflowError at the ends of the calendar.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise ValueError  # noqa: TRY004 -- one kind of error for all readers
    return (value if value.tzinfo else timezone.make_aware(value)).astimezone(UTC)


#: When a module or a lesson opens.
RELEASE = {"opens_at": moment, "opens_after_days": _days}
