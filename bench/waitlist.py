"""The waitlist under pressure: `./dev bench waitlist`, on a database of its own.

First, many people want few seats at the same moment, round after round, over HTTP. Then all that can happen to seats
happens at once, with a worker that is killed in the middle. It ends with 1 where a promise is broken.
"""

import argparse
import os
import sys
from pathlib import Path
from time import perf_counter

import django

from bench import database
from bench.servers import Server

NAME = "cairn_bench_waitlist"
PEOPLE, SEATS = 500, 100
LIMIT_SECONDS = 3.0


def main(arguments: list[str], say) -> int:
    options = parse(arguments)
    database.create(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"], NAME)
    environment = database.environment_for(NAME)
    database.run("manage.py", "migrate", "--noinput", environment=environment)
    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from bench import storm  # noqa: PLC0415 -- needs the settings

    with database.claim(os.environ["DATABASE_OWNER_URL"]):
        organization, students = storm.prepare(PEOPLE)
        problems = rushes(organization, students, options.rounds, say)
        problems += storm.run(organization, students, options.steps, say)
    for problem in problems:
        say(f"BROKEN: {problem}")
    print("The waitlist kept its word." if not problems else f"{len(problems)} promises broken.")
    return 1 if problems else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench waitlist", description="Put the waitlist under pressure."
    )
    parser.add_argument("--rounds", type=int, default=20, help="rushes at a course (20)")
    parser.add_argument("--steps", type=int, default=200, help="random steps at once (200)")
    return parser.parse_args(arguments)


def rushes(organization, students, rounds: int, say) -> list[str]:
    """Let everybody want a seat of a new course at once, `rounds` times; returns what went wrong."""
    from bench import storm  # noqa: PLC0415 -- needs the settings

    problems, times = [], []
    log = Path(os.environ.get("DATA_DIR", "var")) / "logs" / "bench-waitlist.log"
    with Server("config.wsgi:application", dict(os.environ), probe="/healthz", log=log) as server:
        warm_up = storm.found_course(organization, seats=SEATS)
        storm.rush(server.port, storm.enroll_requests(organization, warm_up, students))
        for number in range(rounds):
            course = storm.found_course(organization, seats=SEATS)
            requests = storm.enroll_requests(organization, course, students)
            started = perf_counter()
            result = storm.rush(server.port, requests)
            times.append(perf_counter() - started)
            found = storm.look_at_rush(organization, course, SEATS, PEOPLE - SEATS)
            found += storm.look_at_answers(result, PEOPLE)
            if result.seconds > LIMIT_SECONDS:
                found.append(f"took {result.seconds:.2f} s")
            problems += [f"round {number + 1}: {each}" for each in found]
            say(
                f"Round {number + 1}: {PEOPLE} people, {SEATS} seats, {result.seconds:.2f} s"
                f"{': ' + '; '.join(found) if found else ''}"
            )
    print(f"{rounds} rushes of {PEOPLE} people at {SEATS} seats: slowest {max(times):.2f} s.")
    return problems


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], lambda text: print(text, file=sys.stderr, flush=True)))
