"""What is kept, what is missed, and how it reads."""

import pytest

from bench import firstvisit, report, usage
from bench.load import Result
from bench.measure import Measured, Sample
from bench.outcome import Check, Outcome, PageRow
from bench.pages import Page
from bench.usage import Cpu


def sampled(cpu_ms, done=100, seconds=2.0):
    result = Result(seconds=seconds, statuses={"200": done}, median_ms=4.0, p95_ms=9.0)
    return Sample(
        result, Cpu(web=cpu_ms * done / 1000 * 0.75, database=cpu_ms * done / 1000 * 0.25)
    )


def page(**options):
    return Page("lesson", "Lesson page", ("/x/",), "student", **options)


def row(cost=0.5, queries=5, html=1000, **options):
    slices = [sampled(6 * cost), sampled(60.0), sampled(6 * cost)]  # one of them was disturbed
    measured = Measured(sampled(6 * cost), slices, [sampled(6.0)] * 3)
    return PageRow(page(**options), measured, queries, html, html // 4)


def test_cost_is_cpu_in_the_unit_of_the_same_seconds():
    assert row(cost=0.5).cost == pytest.approx(0.5)
    assert sampled(6.0).parts_ms == (pytest.approx(4.5), pytest.approx(1.5), 0.0)


@pytest.mark.parametrize(
    ("found", "misses"),
    [
        (row(cost=0.8, limit=0.8), []),
        (row(cost=0.82, limit=0.8), ["cost"]),
        (row(queries=9, max_queries=8), ["queries"]),
        (row(html=70_000, max_html_kb=60), ["size"]),
        (PageRow(page(), problem="answers 404"), ["answers 404"]),
    ],
)
def test_what_is_above_its_limit_is_named(found, misses):
    assert found.misses == misses


def test_checks_know_both_directions():
    assert Check("memory", 149, 150).is_met
    assert not Check("rate", 1.9, 2.0, at_least=True).is_met
    assert not Check("rate", 3.0, 2.0, at_least=True, problem="nobody got a seat").is_met


def test_tables_are_markdown_with_a_verdict():
    outcome = Outcome(facts={"machine": "small"}, units=[sampled(6.0), sampled(6.6)])
    outcome.rows = [row(limit=0.8), row(cost=2, limit=0.8), PageRow(page(), problem="answers 404")]
    outcome.writes = {"sign in": sampled(30.0)}
    outcome.checks = [Check("Memory of a worker", 160, 150, " MB")]
    outcome.files = {"/courses/": 2048}
    text = report.document(outcome)
    assert "one B: 6.30 ms of CPU, the median of 2 readings" in text
    assert "| 0.50 " in text
    assert "above: cost" in text
    assert "| answers 404" in text
    assert "- Memory of a worker" in text
    for lines in text.split("\n\n"):
        if lines.startswith("|"):
            assert len({line.count("|") for line in lines.splitlines()}) == 1


def test_own_process_is_found_in_proc():
    parents = usage.parent_ids()
    own = next(
        process for process in parents if usage.name_of(process).startswith(("python", "pytest"))
    )
    assert usage.tree_seconds(own, parents) >= 0
    assert usage.stat_of(2**22 + 1) is None


def test_a_first_visit_follows_styles_scripts_icons_and_the_fonts_of_its_letters():
    page = b"""<link rel="stylesheet" href="/s/a.css"><script type="module" src="/s/a.js"></script>
    <a href="/courses/">x</a><use href="/s/icons.svg#book">"""
    assert firstvisit.links_in(page, "text/html") == ["/s/a.css", "/s/a.js", "/s/icons.svg"]
    css = b"""@font-face{src:url(greek.woff2);unicode-range: U+0370-0377}
    @font-face{src:url("latin.woff2");unicode-range: U+0000-00FF} .x{background:url(data:x)}"""
    assert firstvisit.links_in(css, "text/css") == ["latin.woff2"]
    assert firstvisit.links_in(b'import {x} from "./y.js";', "text/javascript") == ["./y.js"]
    assert firstvisit.join_address("/s/css/a.css", "../fonts/latin.woff2") == "/s/fonts/latin.woff2"


def test_a_script_counts_where_the_page_has_what_it_serves():
    script = b"""const parts = {
      "[data-zoom], .prose img": () => import("./zoom.js"),
      '[data-language][method="get"]': () => import("./language.js"),
    };"""
    zoom, language = firstvisit.WHERE_NEEDED.finditer(script)
    page = b'<form method="get" data-language>'
    assert (firstvisit.is_needed(zoom, page), zoom["script"]) == (False, b"./zoom.js")
    assert (firstvisit.is_needed(language, page), language["script"]) == (True, b"./language.js")
    assert firstvisit.is_needed(zoom, b'<div class="prose">')
