"""What the papers on security say can be looked up."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HEAD = ["id", "level", "requirement", "how", "where", "reason"]
#: Requirements of levels 1 and 2 in each chapter of ASVS 5.0.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


@pytest.fixture(scope="module")
def rows():
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == HEAD
        return list(reader)


def faults_in(row):
    """What a row lacks: somewhere to look for what is said to hold, a reason for what is not."""
    places = row["where"].split()
    if not (re.fullmatch(r"\d+\.\d+\.\d+", row["id"]) and row["level"] in "12"):
        yield "number"
    if not row["requirement"]:
        yield "requirement"
    if row["how"] in ("test", "setting", "document"):
        if not places:
            yield "place"
    elif row["how"] not in ("not applicable", "open") or len(row["reason"]) < 6:
        yield "reason"
    if row["how"] == "test" and not all("/test_" in place for place in places):
        yield "a test"
    yield from (place for place in places if not (ROOT / place).is_file())


def test_every_requirement_is_there_once(rows):
    numbers = [row["id"] for row in rows]
    assert len(numbers) == len(set(numbers))
    assert Counter(int(number.partition(".")[0]) for number in numbers) == CHAPTERS


def test_every_requirement_leads_somewhere_or_says_why_not(rows):
    assert {row["id"]: faults for row in rows if (faults := list(faults_in(row)))} == {}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"where": "config/tests/test_nothing.py"}, "config/tests/test_nothing.py"),
        ({"where": ""}, "place"),
        ({"how": "open", "where": ""}, "reason"),
        ({"requirement": ""}, "requirement"),
    ],
)
def test_a_row_that_says_too_little_is_found(rows, change, fault):
    row = next(row for row in rows if row["how"] == "test") | {"reason": ""} | change
    assert fault in faults_in(row)


def test_threats_name_tests_that_exist():
    text = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
    tests = {file.stem for file in ROOT.glob("*/tests/test_*.py")}
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named
    assert named - tests == set()
