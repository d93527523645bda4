from types import SimpleNamespace

import pytest

from bench.pages import PAGES
from bench.session import Session

KEYS = [page.key for page in PAGES] + list(Session.CHANGES)


@pytest.mark.parametrize(
    ("only", "chosen"),
    [
        ("enroll", ["enroll"]),
        ("rushes", ["rushes"]),
        ("course-", ["course-65", "course-300"]),
        ("nothing", []),
        (None, KEYS),
    ],
)
def test_a_change_is_measured_alone_and_pages_by_a_word_in_their_key(only, chosen):
    session = Session.__new__(Session)
    session.options = SimpleNamespace(only=only)

    assert [key for key in KEYS if session.is_chosen(key)] == chosen
