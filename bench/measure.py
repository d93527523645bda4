"""Measuring one page: load on the server, and what that cost."""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

from bench.load import Job, Result
from bench.usage import Cpu, Processes

LOAD = 16  # connections of the loaded measurement
WARM_UP = 40  # requests on every connection before anything counts


@dataclass(frozen=True)
class Pace:
    """How long to measure."""

    alone: float  # seconds with one connection
    loaded: float  # seconds with LOAD connections


THOROUGH = Pace(alone=3.0, loaded=6.0)
QUICK = Pace(alone=0.5, loaded=1.5)


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
    """One page with one connection and with many."""

    alone: Sample
    loaded: Sample

    @property
    def cpu_ms(self) -> float:
        return self.loaded.cpu_ms


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


def measure(port: int, requests: list[str], processes: Processes, pace: Pace) -> Measured:
    """Warm up, then measure with one connection and with many."""
    rounds = requests * (1 + WARM_UP // len(requests))
    send(Job(port, rounds, connections=4))
    alone = sample(Job(port, requests, 1, pace.alone), processes)
    loaded = sample(Job(port, requests, LOAD, pace.loaded), processes)
    return Measured(alone, loaded)


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
