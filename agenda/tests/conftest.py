"""Dates of nobody's app, for tests."""

import pytest

from agenda import dates
from agenda.dates import Kind

TALK = Kind("test.talk", "Talks", "book", lambda name: name)
WALK = Kind("test.walk", "Walks", "flag", lambda name: f"A walk to {name}")


@pytest.fixture
def held():
    """The dates there are: a list to which a test adds its own."""
    found = []

    def source(people, span):
        return [
            one for one in found if one.at in span and (people is None or one.person_id in people)
        ]

    for kind in (TALK, WALK):
        dates.declare(kind)
    dates.register(source)
    yield found
    dates.unregister(source)
    for kind in (TALK, WALK):
        del dates._kinds[kind.code]
