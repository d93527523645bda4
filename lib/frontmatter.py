"""Front matter: the YAML between two `---` lines at the head of a Markdown file."""

from typing import Any

import yaml

MAX_BYTES = 64 * 1024
MAX_DEPTH = 20
FENCE = "---"


def split(text: str, *, max_bytes: int = MAX_BYTES) -> tuple[dict[str, Any], str]:
    """The front matter and the text after it; ({}, text) when there is none.

    Only plain values are read (no tags, no anchors). Raises ValueError, naming the line of the file,
    for YAML that cannot be read, that is not a mapping, or that is larger than `max_bytes`.
    """
    text = text.removeprefix("\ufeff")
    lines = text.splitlines(keepends=True)
    if not lines or lines[0].rstrip() != FENCE:
        return {}, text
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() in (FENCE, "..."):
            return _load("".join(lines[1:number]), max_bytes), "".join(lines[number + 1 :])
    return {}, text  # a lone rule, not front matter


def join(values: dict[str, Any], text: str) -> str:
    """`text` under its front matter; what `split` takes apart again."""
    if not values:
        return text
    head = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)
    return f"{FENCE}\n{head}{FENCE}\n{text}"


class _PlainLoader(yaml.SafeLoader):
    """YAML without anchors, which a few lines can blow up into gigabytes, and of bounded depth."""

    _depth = 0

    def compose_node(self, parent, index):
        event = self.peek_event()
        if getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases are not read", problem_mark=event.start_mark
            )
        if self._depth >= MAX_DEPTH:
            raise yaml.MarkedYAMLError(
                problem=f"nested deeper than {MAX_DEPTH}", problem_mark=event.start_mark
            )
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _load(head, max_bytes):
    if len(head.encode(errors="replace")) > max_bytes:
        raise ValueError(f"Line 1: the front matter is larger than {max_bytes // 1024} KiB.")
    try:
        values = yaml.load(head, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise ValueError(f"Line {line}: {error.problem or 'this YAML cannot be read'}.") from error
    except yaml.reader.ReaderError as error:
        line = head.count("\n", 0, error.position) + 2
        raise ValueError(f"Line {line}: a character that YAML does not allow.") from error
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise ValueError(f"Line 2: {error}.") from error  # an impossible date, say
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ValueError("Line 2: front matter is a list of `name: value` lines.")
    return values
