"""Measures the site on seeded data: `./dev bench`, or `python -m bench` in the environment of the site.

`./dev bench waitlist` puts the waitlist under pressure instead (bench/waitlist.py).
"""

import argparse
import os
import sys
from pathlib import Path

import django

from bench import database, waitlist

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["waitlist"]:
        return waitlist.main(arguments[1:], say)
    options = parse(arguments)
    database.prepare(options.database, options.scale, say)
    os.environ.update(database.environment_for(options.database))
    database.run("manage.py", "collectstatic", "--noinput", environment=dict(os.environ))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from bench import report  # noqa: PLC0415 -- needs the settings
    from bench.session import Session  # noqa: PLC0415

    with database.claim(os.environ["DATABASE_OWNER_URL"]):
        outcome = Session(options, say).run()
    text = "\n".join(report.sections(outcome))
    print(f"\n{text}")
    if options.write:
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(report.document(outcome))
        say(f"Written to {DOCUMENT.relative_to(ROOT)}.")
    return 1 if options.strict and outcome.misses else 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Measure the pages on seeded data, beside two yardsticks."
    )
    parser.add_argument("--quick", action="store_true", help="about a minute, and roughly")
    parser.add_argument("--strict", action="store_true", help="end with 1 when a limit is missed")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="1 is 1,000 courses and 100,000 people"
    )
    parser.add_argument(
        "--database", help="its name (cairn_bench, with another scale cairn_bench_SCALE)"
    )
    parser.add_argument(
        "--only",
        metavar="WORD",
        help="one change (sign-in, complete, enroll, rushes, join) or the pages whose key holds this word",
    )
    parser.add_argument("--rounds", type=int, default=100, help="rushes at one hot course (100)")
    parser.add_argument(
        "--write",
        action=argparse.BooleanOptionalAction,
        help="docs/benchmarks.md; without --quick, --only and --scale",
    )
    options = parser.parse_args(arguments)
    is_whole = (
        not options.quick and not options.only and options.scale == 1 and not options.database
    )
    if options.write is None:
        options.write = is_whole
    options.database = options.database or database.name_of(options.scale)
    return options


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
