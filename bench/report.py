"""The outcome as Markdown: one text for the terminal and for `docs/benchmarks.md`."""

from bench.measure import LOAD, Sample, together
from bench.outcome import Check, Outcome, PageRow

HEAD = (
    "page", "cost in B", "limit", "", "CPU ms", "of it web · database · cache", "requests/s",
    "ms, 1 connection: median · p95", f"ms, {LOAD} connections: median · p95", "queries", "HTML KB", "packed KB",
)  # fmt: skip
INTRODUCTION = """\
# Benchmarks

`./dev bench` makes these tables: it fills a database of its own, starts the production server with two
worker processes, and measures the pages one after another. `./dev bench --quick` takes about a minute and
writes nothing; `--strict` ends with 1 when a limit is missed; `--help` lists the rest.

## How to read them

**One B** is the CPU that yardstick B costs, an ordinary page of an ordinary Django site: the middleware of
`startproject`, the session in the database, a signed-in user, one query that joins two more tables, 30 rows, a
template with a base and a loop (link, shortened text, condition, date), 10 KB. It runs on the same server and the
same PostgreSQL in the same seconds, in turn with every page. Yardstick A is a bare view that returns 10 KB
without any middleware: the floor of the server itself. Both live in `bench/yardstick/` and never change; a test
compares their checksum.

**The cost** of a page is its CPU per request, of web server, PostgreSQL and cache together, divided by B's of
the same seconds; of several such readings the middle one counts. Seconds depend on the machine and on what else it does; this ratio hardly does, so the limits are set on it.
Statements count without BEGIN and COMMIT, with the caches warm. Students are signed in and on the course;
people of a course are seen by its teacher, the admin by an administrator.
"""


def document(outcome: Outcome) -> str:
    """The whole of `docs/benchmarks.md`."""
    return "\n".join([INTRODUCTION, *sections(outcome)])


def sections(outcome: Outcome) -> list[str]:
    """What was found, in tables."""
    parts = ["## Machine and run", "", *facts(outcome), "", "## Pages", "", *pages(outcome), ""]
    parts += ["## Changes", "", *writes(outcome), ""]
    if outcome.checks:
        parts += ["## Limits beside the cost", "", *checks(outcome.checks), ""]
    if outcome.files:
        parts += ["## A first visit", "", *first_visit(outcome.files), ""]
    misses = [f"- {miss}" for miss in outcome.misses] or ["Every limit is kept."]
    return [*parts, "## Missed limits", "", *misses, ""]


def facts(outcome: Outcome) -> list[str]:
    lines = [f"- {name}: {value}" for name, value in outcome.facts.items()]
    lines.append(
        f"- one B: {outcome.unit_ms:.2f} ms of CPU, the median of {len(outcome.units)} readings; "
        f"the middle half of them lies {outcome.spread:.0%} apart"
    )
    return lines


def pages(outcome: Outcome) -> list[str]:
    rows = (
        [yardstick("A: bare view", outcome, outcome.bare.loaded, outcome.bare.alone)]
        if outcome.bare
        else []
    )
    if outcome.units and outcome.unit_alone:
        rows.append(
            yardstick("B: ordinary page", outcome, together(outcome.units), outcome.unit_alone)
        )
    rows += [page_row(row) for row in outcome.rows]
    return table(HEAD, rows)


def yardstick(title: str, outcome: Outcome, loaded: Sample, alone: Sample) -> list[str]:
    return [
        f"*{title}*",
        f"{loaded.cpu_ms / outcome.unit_ms:.2f}",
        "",
        "",
        *numbers(loaded, alone),
        "",
        "",
        "",
    ]


def page_row(row: PageRow) -> list[str]:
    page, measured = row.page, row.measured
    limit = "" if page.limit is None else f"≤ {page.limit}"
    if measured is None:
        return [page.title, "–", limit, row.problem, *[""] * 8]
    verdict = "above: " + ", ".join(row.misses) if row.misses else "kept" if page.limit else ""
    sizes = [f"{row.html_bytes / 1024:.1f}", f"{row.packed_bytes / 1024:.1f}"]
    return [
        *(page.title, f"{row.cost:.2f}", limit, verdict, *numbers(measured.loaded, measured.alone)),
        *(str(row.queries), *sizes),
    ]


def numbers(loaded: Sample, alone: Sample | None) -> list[str]:
    return [
        f"{loaded.cpu_ms:.2f}",
        " · ".join(f"{value:.2f}" for value in loaded.parts_ms),
        f"{loaded.result.rate:,.0f}",
        f"{alone.result.median_ms:.1f} · {alone.result.p95_ms:.1f}" if alone else "",
        f"{loaded.result.median_ms:.1f} · {loaded.result.p95_ms:.1f}",
    ]


def writes(outcome: Outcome) -> list[str]:
    head = (
        "what",
        "cost in B",
        "CPU ms",
        "of it web · database · cache",
        "requests/s",
        "ms: median · p95",
    )
    rows = []
    for title, sample in outcome.writes.items():
        cpu, parts, rate, _alone, times = numbers(sample, None)
        rows.append([title, f"{sample.cpu_ms / outcome.unit_ms:.2f}", cpu, parts, rate, times])
    return table(head, rows)


def checks(found: list[Check]) -> list[str]:
    rows = [
        [
            check.title,
            f"{check.value:,.2f}".rstrip("0").rstrip(".") + check.unit,
            f"{'≥' if check.at_least else '≤'} {check.limit:g}{check.unit}",
            check.problem or ("kept" if check.is_met else "missed"),
        ]
        for check in found
    ]
    return table(("what", "found", "limit", ""), rows)


def first_visit(files: dict[str, int]) -> list[str]:
    rows = [
        [f"`{name}`", f"{size / 1024:.1f}"]
        for name, size in sorted(files.items(), key=lambda item: -item[1])
    ]
    return table(("file", "packed KB"), [*rows, ["together", f"{sum(files.values()) / 1024:.1f}"]])


def table(head, rows: list[list[str]]) -> list[str]:
    """A Markdown table whose columns line up, so that it reads well in a terminal too."""
    lines = [list(head), *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    lines.insert(1, ["-" * max(3, width) for width in widths])
    return [
        "| " + " | ".join(cell.ljust(widths[n]) for n, cell in enumerate(line)) + " |"
        for line in lines
    ]
