"""Values as YAML and texts under their front matter, always in the same way."""

from datetime import UTC, datetime
from decimal import Decimal

import yaml

#: Line breaks to Unicode and to some readers of YAML, which a literal block would not keep.
_ODD_BREAKS = ("\x85", "\u2028", "\u2029", "\ufeff")


class _Dumper(yaml.SafeDumper):
    """YAML without aliases and folded lines."""

    def ignore_aliases(self, data):
        return True


def _write_text(dumper, text):
    style = None
    # A literal block that keeps empty lines at its end is closed by "...", which ends front matter too.
    has_open_end = text == "\n" or text.endswith("\n\n")
    if has_open_end or any(char in text for char in _ODD_BREAKS):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _write_time(dumper, moment):
    text = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", text)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(datetime, _write_time)
_Dumper.add_representer(Decimal, lambda dumper, number: dumper.represent_str(str(number)))


def as_yaml(values: dict) -> str:
    """The values that are not empty, in their order; times in UTC."""
    said = {name: value for name, value in values.items() if value not in (None, "", [], {})}
    if not said:
        return ""
    return yaml.dump(said, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=float("inf"))


def as_text(values: dict, body: str) -> str:
    """A Markdown file: front matter, an empty line, the text, and a newline that is not part of it."""
    head = f"---\n{as_yaml(values)}---\n"
    return f"{head}\n{body}\n" if body else head
