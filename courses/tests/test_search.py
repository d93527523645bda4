"""The search finds what people mean, ranks it, and survives whatever is typed."""

import pytest

from courses import results, search
from courses.models import Course
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db


def answer(text):
    sort = results.RELEVANCE if text else "newest"
    return results.find(results.Scope("public"), text, {}, sort, "")


def found(text):
    return [row["title"] for row in answer(text).page]


@pytest.fixture
def shelf(organization):
    for fields in (
        {"title": "Python for the curious", "summary": "Write programs that read."},
        {"title": "Statistics", "summary": "With a little Python.", "tags": ["numbers"]},
        {"title": "Drawing", "description": "No Python, I promise. Pens and running water."},
    ):
        CourseFactory(published=True, **fields)


def test_hits_in_the_title_come_before_those_in_summary_and_text(shelf):
    assert found("python") == ["Python for the curious", "Statistics", "Drawing"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("PYTHON curious", ["Python for the curious"]),
        ("stat", ["Statistics"]),
        ("python stat", ["Statistics"]),
        ("programs", ["Python for the curious"]),
        ("runs", ["Drawing"]),
        ("numbers", ["Statistics"]),
        ('"little python"', ["Statistics"]),
        ("python -curious -little", ["Drawing"]),
        ("drawing or statistics", ["Drawing", "Statistics"]),
        ("zebra", []),
    ],
)
def test_words_beginnings_phrases_and_operators(shelf, text, titles):
    assert sorted(found(text)) == titles


@pytest.mark.parametrize("text", ["pyhton", "pythn", "statistcs", "drawng", "curios pyton"])
def test_typing_errors_are_forgiven(shelf, text):
    assert len(found(text)) == 1
    assert answer(text).is_guess


@pytest.mark.parametrize(
    "text",
    [
        "",
        "'",
        "a:*",
        "\\",
        "%_%",
        "()&|!<->",
        "':*",
        "the",
        "x" * 10_000,
        "word " * 3_000,
        "مرحبا",
        "\x00\x01",
        "🦊🦊",
        "-",
        '"',
        "or or or",
        "ﷺ",
        "_",
    ],
)
def test_nothing_typed_breaks_the_search(shelf, text):
    text = search.clean_search(text)
    assert len(text) <= search.MAX_LENGTH
    assert len(found(text)) <= 3
    assert Course.objects.filter(search_vector=search.query_of(text)).count() <= 3


def test_hits_are_marked_and_everything_else_is_escaped(organization):
    hostile = {"title": "<b>Knots</b> & \x02ropes", "summary": "<img src=x onerror=y> more knots"}
    CourseFactory(published=True, **hostile)
    row = answer("knot").page.items[0]

    assert (
        search.mark_hits(row["title_hits"]) == "&lt;b&gt;<mark>Knots</mark>&lt;/b&gt; &amp; ropes"
    )
    assert "<img" not in search.mark_hits(row["summary_hits"])
    assert "<mark>knots</mark>" in search.mark_hits(row["summary_hits"])


def test_candidates_are_capped(shelf, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 2)
    assert len(found("python")) == 2
