"""Measuring one page: load on the server, and what that cost."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from statistics import median

from bench.load import Job, Result
from bench.usage import Cpu, Processes

SLICES = 4  # of a loaded measurement, with the yardstick between them
LOAD = 16  # connections of the loaded measurement
WARM_UP = 40  # requests on every connection before anything counts


@dataclass(frozen=True)
class Pace:
    """How long to measure."""

    alone: float  # seconds with one connection
    loaded: float  # seconds with LOAD connections


THOROUGH = Pace(alone=3.0, loaded=8.0)
QUICK = Pace(alone=0.4, loaded=1.6)


@dataclass(frozen=True)
class Sample:
    """What a number of requests took."""

    result: Result
    cpu: Cpu

    @property
    def cpu_ms(self) -> float:
        """CPU of everything per request."""
        return self._each(self.cpu.total)

    @property
    def parts_ms(self) -> tuple[float, float, float]:
        return self._each(self.cpu.web), self._each(self.cpu.database), self._each(self.cpu.cache)

    def _each(self, seconds: float) -> float:
        return 1000 * seconds / self.result.done if self.result.done else 0.0


@dataclass(frozen=True)
class Measured:
    """One page with one connection, and in slices with many; after each slice the yardstick had its turn."""

    alone: Sample
    slices: list[Sample]
    units: list[Sample] = field(default_factory=list)

    @property
    def loaded(self) -> Sample:
        return together(self.slices)

    @property
    def cost(self) -> float:
        """In B: of the slices' CPU, each divided by B's in the same seconds, the middle one."""
        return median(
            page.cpu_ms / unit.cpu_ms for page, unit in zip(self.slices, self.units, strict=True)
        )


def together(samples: list[Sample]) -> Sample:
    """Several samples as one; of their quantiles the middle one."""
    results = [each.result for each in samples]
    statuses = Counter()
    for result in results:
        statuses.update(result.statuses)
    cpu = Cpu(
        *(sum(getattr(each.cpu, part) for each in samples) for part in ("web", "database", "cache"))
    )
    result = Result(
        seconds=sum(each.seconds for each in results),
        statuses=dict(statuses),
        bytes_read=sum(each.bytes_read for each in results),
        median_ms=median(each.median_ms for each in results),
        p95_ms=median(each.p95_ms for each in results),
        broken=sum(each.broken for each in results),
    )
    return Sample(result, cpu)


def send(job: Job) -> Result:
    """Run a job in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(job)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Result(**json.loads(done.stdout))


def sample(job: Job, processes: Processes) -> Sample:
    before = processes.cpu()
    result = send(job)
    return Sample(result, processes.cpu() - before)


def measure(
    job: Job, processes: Processes, pace: Pace, measure_unit: Callable[[], Sample] | None = None
) -> Measured:
    """Warm up, measure with one connection, then with many in turn with the yardstick."""
    send(replace(job, requests=job.requests * (1 + WARM_UP // len(job.requests)), connections=4))
    alone = sample(replace(job, connections=1, seconds=pace.alone), processes)
    slices, units = [], []
    for _turn in range(SLICES):
        slices.append(
            sample(replace(job, connections=LOAD, seconds=pace.loaded / SLICES), processes)
        )
        if measure_unit:
            units.append(measure_unit())
    return Measured(alone, slices, units)


def get(path: str, host: str, session: str = "") -> str:
    """The bytes of a GET as a browser would send it."""
    cookie = f"Cookie: session={session}\r\n" if session else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: text/html\r\n"
        f"Accept-Language: en\r\n{cookie}\r\n"
    )


def post(path: str, host: str, session: str, fields: str, csrf: str) -> str:
    """The bytes of a POST of a form; `fields` are encoded already."""
    cookies = "; ".join([f"csrf={csrf}", *([f"session={session}"] if session else [])])
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: bench\r\nAccept: text/html\r\n"
        f"Accept-Language: en\r\nCookie: {cookies}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(fields)}\r\n\r\n{fields}"
    )
