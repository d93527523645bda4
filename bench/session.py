"""One run from the first request to the last, with the yardstick between the pages."""

import gzip
import json
import os
import platform
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import django

from bench import database, firstvisit, machine, pages, people, queries, usage, writes
from bench.load import Job
from bench.measure import (
    LOAD,
    QUICK,
    SLICES,
    THOROUGH,
    Measured,
    Sample,
    get,
    measure,
    sample,
    send,
    together,
)
from bench.outcome import Check, Outcome, PageRow
from bench.servers import THREADS, WORKERS, Server
from bench.usage import Processes

SMALL_SCALE = 0.1
COMPARISONS = 5  # times that small and large take turns
GROWTH_LIMIT = 1.1
MEMORY_LIMIT_MB = 150
SIGN_IN_LIMIT_MS = 35
HOT_LIMIT = 2.0  # times B's rate
JOIN_LIMIT = 1.0  # B
#: Pages that cost the same with few and many: a title and two keys.
FLAT = (
    ("People of a course, 10,000 against 100", "people-100", "people-10000"),
    ("Course page, 5,000 against 50 who wait", "waiting-50", "waiting-5000"),
    ("Waitlist for staff, 5,000 against 50", "queue-50", "queue-5000"),
)
FIRST_VISIT_LIMIT_KB = 100
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


class Session:
    """The servers, their processes, and what was found so far."""

    def __init__(self, options, say):
        self.options, self.say = options, say
        self.pace = QUICK if options.quick else THOROUGH
        self.outcome = Outcome()
        self.environment = dict(os.environ)
        self.logs = Path(os.environ.get("DATA_DIR", "var")) / "logs"
        with database.owner_of(os.environ["DATABASE_OWNER_URL"]) as connection:
            self.postmaster = usage.postmaster_of(connection)
        self.cache = usage.cache_process(os.environ.get("REDIS_URL", ""))
        if self.postmaster is None:
            say("PostgreSQL is on another machine: its CPU is not counted.")
        key = database.run("-m", "bench.yardstick.prepare", environment=self.environment).strip()
        self.unit_request = get("/b/", "localhost", key).replace(
            "Cookie: session=", "Cookie: sessionid="
        )

    def run(self) -> Outcome:
        self.outcome.facts = self.facts()
        self.outcome.bare = self.measure_bare()
        with self.yardstick("B") as yardstick, self.site(self.environment) as site:
            self.yardstick_b = yardstick
            self.measure_unit_alone()
            self.measure_pages(site)
            self.measure_writes(site)
            if not self.options.only:
                self.look_around(site)
                if not self.options.quick:
                    self.compare_sizes(site)
        return self.outcome

    def is_chosen(self, key: str) -> bool:
        """Whether to measure the page or change of this key: one of that name alone, or all that hold the word."""
        wanted = self.options.only
        return not wanted or (key == wanted if wanted in self.CHANGES else wanted in key)

    # Servers

    def yardstick(self, name: str) -> Server:
        environment = self.environment | {"YARDSTICK": name}
        log = self.logs / f"bench-{name}.log"
        return Server("bench.yardstick.wsgi:application", environment, probe="/a/", log=log)

    def site(self, environment, name: str = "site") -> Server:
        log = self.logs / f"bench-{name}.log"
        return Server("config.wsgi:application", environment, probe="/healthz", log=log)

    def processes(self, server: Server) -> Processes:
        return Processes(server.process.pid, self.postmaster, self.cache)

    # Yardsticks

    def measure_bare(self) -> Measured:
        self.say("Yardstick A …")
        with self.yardstick("A") as server:
            job = Job(server.port, [get("/a/", "localhost")])
            return measure(job, self.processes(server), self.pace)

    def measure_unit_alone(self) -> None:
        self.say("Yardstick B …")
        job = Job(self.yardstick_b.port, [self.unit_request])
        measured = measure(job, self.processes(self.yardstick_b), self.pace)
        self.outcome.unit_alone = measured.alone
        self.outcome.units += measured.slices

    def measure_unit(self, connections: int = LOAD) -> Sample:
        seconds = self.pace.loaded / SLICES
        job = Job(self.yardstick_b.port, [self.unit_request], connections, seconds)
        measured = sample(job, self.processes(self.yardstick_b))
        if connections == LOAD:
            self.outcome.units.append(measured)
        return measured

    # Pages

    def measure_pages(self, site: Server) -> None:
        chosen = [page for page in pages.PAGES if self.is_chosen(page.key)]
        with people.organization():
            readers = pages.find_readers(chosen)
        for page in chosen:
            self.say(f"{page.title} …")
            requests = pages.requests_of(page, readers)
            sessions = [person.session for person in readers.of(page.who)] or [""]
            row = self.look_at(page, requests, sessions[0], site)
            if row.problem:
                self.outcome.rows.append(row)
                continue
            job = Job(site.port, requests)
            measured = measure(job, self.processes(site), self.pace, self.measure_unit)
            if not is_fine(measured.loaded):
                problem = f"answers {measured.loaded.result.statuses}"
                row, measured = replace(row, problem=problem), None
            self.outcome.rows.append(replace(row, measured=measured))

    def look_at(self, page, requests, session: str, site: Server) -> PageRow:
        """Open the page's addresses once each; the most queries and bytes among them count."""
        worst, size, packed = 0, 0, 0
        for path in page.paths:
            status, _headers, html = site.get(
                path, people.HOST, **({"Cookie": f"session={session}"} if session else {})
            )
            if status != 200:
                return PageRow(page, problem=f"answers {status}")
            worst = max(worst, queries.look_at(path, session).count)
            size, packed = max(size, len(html)), max(packed, len(gzip.compress(html, 6)))
        return PageRow(page, queries=worst, html_bytes=size, packed_bytes=packed)

    # Changes

    def measure_writes(self, site: Server) -> None:
        for key, change in self.CHANGES.items():
            if self.is_chosen(key):
                change(self, site)

    def measure_sign_in(self, site: Server) -> None:
        self.say("Signing in …")
        count = 60 if self.options.quick else 400
        done = writes.sign_ins(site.port, self.processes(site), count)
        self.outcome.writes["sign in"] = done.sample
        self.check(
            "CPU of a sign-in", done.sample.cpu_ms, SIGN_IN_LIMIT_MS, " ms", problem=done.problem
        )

    def measure_completing(self, site: Server) -> None:
        self.say("Completing lessons …")
        count = 200 if self.options.quick else 1_500
        done = writes.completions(site.port, self.processes(site), count)
        self.outcome.writes["complete a lesson"] = done.sample
        self.check("Completions that failed", 0, 0, problem=done.problem)

    def measure_enrolling(self, site: Server) -> None:
        self.say("Enrolling in a hot course …")
        count = 150 if self.options.quick else 1_000
        samples, units, problems = [], [], set()
        with writes.hot_course():
            for _turn in range(SLICES):
                units.append(self.measure_unit(writes.CLIENTS))
                done = writes.enrollments(site.port, self.processes(site), count)
                samples.append(done.sample)
                problems |= {done.problem} - {""}
        self.outcome.writes[f"enroll, {writes.CLIENTS} clients at one course"] = together(samples)
        rates = [
            one.result.rate / unit.result.rate for one, unit in zip(samples, units, strict=True)
        ]
        problem = "; ".join(problems)
        title = "Enrolling in one hot course, rate in B's"
        self.check(title, median(rates), HOT_LIMIT, at_least=True, problem=problem)

    def measure_joining(self, site: Server) -> None:
        self.say("Joining a queue …")
        unit = self.measure_unit()
        done = writes.joins(site.port, self.processes(site), 100 if self.options.quick else 300)
        self.outcome.writes["join a queue of 5,000"] = done.sample
        cost = done.sample.cpu_ms / unit.cpu_ms
        self.check("Joining a queue of 5,000", cost, JOIN_LIMIT, " B", problem=done.problem)

    def measure_rushes(self, site: Server) -> None:
        rounds = min(self.options.rounds, 5) if self.options.quick else self.options.rounds
        self.say(f"{rounds} rushes at the last seats of a hot course …")
        with writes.hot_course():
            wrong, given = writes.rushes(site.port, rounds)
        title = f"Rounds of {rounds} that did not end with exactly {writes.SEATS} of {writes.CLIENTS} enrolled"
        self.check(title, wrong, 0, problem="" if given else "nobody got a seat")

    CHANGES = {
        "sign-in": measure_sign_in,
        "complete": measure_completing,
        "enroll": measure_enrolling,
        "rushes": measure_rushes,
        "join": measure_joining,
    }

    # What else has a limit

    def look_around(self, site: Server) -> None:
        costs = {row.page.key: row.cost for row in self.outcome.rows if row.measured}
        for title, few, many in FLAT:
            if {few, many} <= set(costs):
                self.check(title, costs[many] / costs[few], GROWTH_LIMIT, "×")
        memory = max(usage.worker_memory(site.process.pid)) / MEGABYTE
        self.check("Memory of a worker", memory, MEMORY_LIMIT_MB, " MB")
        visit = firstvisit.first_visit(site, "/courses/")
        self.outcome.files = visit.files
        self.check(
            "A first visit without pictures, packed",
            visit.total / KILOBYTE,
            FIRST_VISIT_LIMIT_KB,
            " KB",
        )

    def compare_sizes(self, large: Server) -> None:
        """The same pages on a tenth of the data, taking turns."""
        name = database.name_of(SMALL_SCALE)
        database.prepare(name, SMALL_SCALE, self.say)
        environment = self.environment | database.environment_for(name)
        with self.site(environment, "small") as small:
            sides = [(small, requests_in(environment)), (large, requests_in(self.environment))]
            for row in self.outcome.rows:
                if row.page.grows and row.measured:
                    self.say(f"{row.page.title}, ten times the data …")
                    ratio = self.growth_of(row.page.key, sides)
                    self.check(f"{row.page.title}, ten times the data", ratio, GROWTH_LIMIT, "×")

    def growth_of(self, key: str, sides) -> float:
        """CPU per request of the second side divided by the first's."""
        taken = [[], []]
        for server, requests in sides:
            send(Job(server.port, requests[key] * 3, 4))
        for _turn in range(COMPARISONS):
            for side, (server, requests) in zip(taken, sides, strict=True):
                job = Job(server.port, requests[key], LOAD, self.pace.loaded / SLICES)
                side.append(sample(job, self.processes(server)))
        small, large = taken
        return median(many.cpu_ms / few.cpu_ms for few, many in zip(small, large, strict=True))

    def check(self, title: str, value: float, limit: float, unit: str = "", **more) -> None:
        self.outcome.checks.append(Check(title, value, limit, unit, **more))

    def facts(self) -> dict[str, str]:
        with database.owner_of(os.environ["DATABASE_OWNER_URL"]) as connection:
            server = connection.execute("SHOW server_version").fetchone()[0]
        return {
            "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "machine": machine.describe(),
            "software": f"Python {platform.python_version()}, Django {django.get_version()}, PostgreSQL {server}, "
            f"{'Redis or Valkey' if self.cache else 'no Redis'}, granian with {WORKERS} processes of {THREADS} threads",
            "data": f"scale {self.options.scale:g}: {1_000 * self.options.scale:,.0f} courses, "
            f"{100_000 * self.options.scale:,.0f} people",
            "pace": "quick, rough numbers"
            if self.options.quick
            else f"{self.pace.loaded:g} seconds a page",
        }


def requests_in(environment: dict[str, str]) -> dict[str, list[str]]:
    """The requests of every page on another database."""
    return json.loads(database.run("-m", "bench.requests_for", environment=environment))


def is_fine(sampled: Sample) -> bool:
    return set(sampled.result.statuses) == {"200"} and not sampled.result.broken
