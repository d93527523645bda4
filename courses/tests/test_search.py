"""The search finds what people mean, ranks it, and survives whatever is typed."""

import pytest

from courses import search
from courses.models import Course
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db


def found(text, **options):
    return [
        course.title
        for course in search.search(Course.objects.all(), text, **options).order_by("-rank", "-id")
    ]


@pytest.fixture
def shelf(organization):
    CourseFactory(title="Python for the curious", summary="Write programs that read.")
    CourseFactory(title="Statistics", summary="With a little Python.", tags=["numbers"])
    CourseFactory(title="Drawing", description="No Python, I promise. Pens and running water.")


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
    search.tolerate_misspelling()
    assert len(found(text, misspelt=True)) == 1


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
    search.tolerate_misspelling()
    assert len(found(text)) <= 3
    assert len(found(text, misspelt=True)) <= 3


def test_hits_are_marked_and_everything_else_is_escaped(organization):
    CourseFactory(title="<b>Knots</b> & \x02ropes", summary="<img src=x onerror=y> more knots")
    row = search.with_hits(Course.objects.all(), "knot").get()

    assert search.mark_hits(row.title_hits) == "&lt;b&gt;<mark>Knots</mark>&lt;/b&gt; &amp; ropes"
    assert "<img" not in search.mark_hits(row.summary_hits)
    assert "<mark>knots</mark>" in search.mark_hits(row.summary_hits)


def test_candidates_are_capped(shelf, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 2)
    assert len(found("python")) == 2
