"""The unit of the benchmark must not move."""

import hashlib
from pathlib import Path

from bench import yardstick

FROZEN = "237aa5d2dd4a9c557c6f146cee447a40a46518c08532519c47e06acffda36a7a"


def test_yardsticks_are_as_they_were():
    folder = Path(yardstick.__file__).parent
    files = sorted([*folder.rglob("*.py"), *folder.rglob("*.html")])
    text = "".join(f"{file.relative_to(folder)}\n{file.read_text()}" for file in files)
    assert hashlib.sha256(text.encode()).hexdigest() == FROZEN, (
        "The yardsticks never change: every number ever measured is told in their cost."
    )
