"""Other people's hostile text, read as data."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.TEST_DATA) / "hostile-text"

#: Records what a script that got through would call, before any other script runs.
HOOKS = """
window.__executed = [];
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = (...args) => { window.__executed.push(name + ':' + args.join()); return ''; };
"""


@lru_cache
def naughty_strings() -> list[str]:
    return json.loads((FOLDER / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))


@lru_cache
def scripts() -> list[str]:
    """Thousands of ways to smuggle a script, one a line."""
    lines = []
    for file in sorted((FOLDER / "xss").rglob("*.txt")):
        lines += file.read_bytes().decode("utf-8", "replace").replace("\0", "").splitlines()
    return [line for line in dict.fromkeys(lines) if line.strip()]


def chunks(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]
