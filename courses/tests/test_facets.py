"""Counts beside filters, and how many there may be."""

import pytest

from courses import results
from courses.listing import _bounded
from courses.tests.factories import CourseFactory, SubjectFactory

pytestmark = pytest.mark.django_db


def facets():
    return results.find(results.Scope("public"), "", {}, "newest", "").facets


def test_counts_stop_at_the_limit_and_say_so(organization, monkeypatch):
    subject = SubjectFactory(slug="art")
    CourseFactory.create_batch(5, published=True, subject=subject, tags=["a", "b"])

    monkeypatch.setattr(results, "MAX_COUNTED", 6)
    exact = facets()
    assert (exact.total, exact.matches, exact.is_capped) == (5, 5, False)
    assert exact.counts["subject"] == [("art", subject.title, 5)]
    assert exact.counts["tag"] == [("a", "", 5), ("b", "", 5)]

    monkeypatch.setattr(results, "MAX_COUNTED", 4)
    capped = facets()
    assert (capped.total, capped.is_capped) == (4, True)


@pytest.mark.parametrize(
    ("count", "is_capped", "shown"),
    [(0, False, "0"), (1000, False, "1,000"), (1001, False, "1,000+"), (7, True, "7+")],
)
def test_large_counts_are_lower_bounds(count, is_capped, shown):
    assert _bounded(count, is_capped) == shown
