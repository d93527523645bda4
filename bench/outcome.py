"""What a run found, and whether that is good enough."""

from dataclasses import dataclass, field
from statistics import median, quantiles

from bench.measure import Measured, Sample
from bench.pages import Page


@dataclass(frozen=True)
class PageRow:
    """A measured page; without `measured` it does not answer as it should, and `problem` says how."""

    page: Page
    measured: Measured | None = None
    queries: int = 0
    html_bytes: int = 0
    packed_bytes: int = 0
    problem: str = ""

    @property
    def cost(self) -> float:
        """In B."""
        return self.measured.cost if self.measured else 0.0

    @property
    def misses(self) -> list[str]:
        """What is above its limit, in words; empty when all is well."""
        page = self.page
        if self.measured is None:
            return [self.problem]
        found = []
        if page.limit is not None and round(self.cost, 2) > page.limit:
            found.append("cost")
        if page.max_queries is not None and self.queries > page.max_queries:
            found.append("queries")
        if page.max_html_kb is not None and self.html_bytes > page.max_html_kb * 1024:
            found.append("size")
        return found


@dataclass(frozen=True)
class Check:
    """One number that has a limit of its own."""

    title: str
    value: float
    limit: float
    unit: str = ""
    at_least: bool = False
    problem: str = ""

    @property
    def is_met(self) -> bool:
        if self.problem:
            return False
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass
class Outcome:
    """Everything a run found."""

    facts: dict[str, str] = field(default_factory=dict)
    bare: Measured | None = None  # yardstick A
    units: list[Sample] = field(default_factory=list)  # yardstick B, all readings
    unit_alone: Sample | None = None
    rows: list[PageRow] = field(default_factory=list)
    writes: dict[str, Sample] = field(default_factory=dict)
    checks: list[Check] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)  # of a first visit

    @property
    def unit_ms(self) -> float:
        return median(sample.cpu_ms for sample in self.units)

    @property
    def spread(self) -> float:
        """How far the middle half of B's readings lies apart, as a part of the median."""
        readings = [sample.cpu_ms for sample in self.units]
        if len(readings) < 2:
            return 0.0
        lower, _middle, upper = quantiles(readings, n=4, method="inclusive")
        return (upper - lower) / self.unit_ms

    @property
    def misses(self) -> list[str]:
        rows = [f"{row.page.title}: {', '.join(row.misses)}" for row in self.rows if row.misses]
        return rows + [check.title for check in self.checks if not check.is_met]
