"""The commands of `./dev`."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from lib.devtools import checks, environment, processes, requirements
from lib.devtools import run as run_command
from lib.devtools.application import Application
from lib.devtools.console import Problem, Quiet, say
from lib.devtools.places import PYTHON, ROOT, Data
from lib.devtools.postgres import Server
from lib.devtools.processes import Interrupted, Signals
from lib.devtools.services import Services

#: Commands that must work on a database that was never migrated, or that need none.
NEEDS_NO_SCHEMA = {
    *(
        "migrate",
        "makemigrations",
        "showmigrations",
        "sqlmigrate",
        "check",
        "help",
        "--help",
        "--version",
        "version",
    ),
    *(
        "collectstatic",
        "findstatic",
        "diffsettings",
        "startapp",
        "squashmigrations",
        "optimizemigration",
    ),
}
#: Commands after which a stamp may no longer be true.
CHANGES_SCHEMA = {"migrate", "flush", "sqlflush", "loaddata", "dbshell"}


def command_run(arguments, signals):
    """Start everything: database, cache, worker, web server   [--port N] [--data DIR] [--no-seed] [--reload]"""
    parser = argparse.ArgumentParser(
        prog="./dev run", description="Start everything, and end it with Ctrl-C."
    )
    parser.add_argument("--port", type=int, default=8000, help="of the web server (8000)")
    parser.add_argument(
        "--data", metavar="DIR", help="folder for database, uploads and secrets (var/)"
    )
    parser.add_argument("--no-seed", action="store_true", help="no demo data")
    parser.add_argument(
        "--reload",
        action="store_true",
        help="for work on the code: DEBUG, and a new start after each change",
    )
    options = parser.parse_args(arguments)
    return run_command.run(
        options.port, Data(options.data), signals, seed=not options.no_seed, reload=options.reload
    )


def command_test(arguments, signals):
    """Run the tests on a real PostgreSQL   [pytest arguments] [--data DIR]"""
    arguments, data = take_data(arguments)
    with services_for(data, environment.DEV, signals) as services:
        application = Application(services, DEBUG="0", CAIRN_ENV="test")
        application.bootstrap()
        application.compile_texts()
        command = [PYTHON, "-m", "pytest", *pytest_defaults(arguments), *arguments]
        return processes.run_through(command, application.environment, signals)


def command_check(arguments, signals):
    """Check style, templates, floors, migrations, requirements and translations"""
    arguments, data = take_data(arguments)
    refuse(arguments)
    with services_for(data, environment.DEV, signals) as services:
        application = Application(services, DEBUG="0")
        application.compile_texts()
        return checks.check(application)


def command_format(arguments, signals):
    """Put the Python code in order"""
    refuse(arguments)
    environment.prepare(environment.DEV, Quiet())
    return checks.format_code()


def command_manage(arguments, signals):
    """Run a management command in the same environment   COMMAND … [--data DIR]"""
    arguments, data = take_data(arguments)
    name = arguments[0] if arguments else "help"
    with services_for(data, environment.RUN, signals) as services:
        application = Application(services)
        application.compile_texts()
        if name == "migrate":
            application.bootstrap()
        elif name not in NEEDS_NO_SCHEMA:
            with Quiet().step("Migrating the database"):
                application.migrate(only_new=True)
        try:
            return processes.run_through(
                application.command(*arguments), application.environment, signals
            )
        finally:
            if name in CHANGES_SCHEMA:
                application.doubt_stamps()


def command_seed(arguments, signals):
    """Fill in the demo data; with --scale N in bulk (1 is 1,000 courses and 100,000 people)   [--data DIR]"""
    in_bulk = any(argument.split("=")[0] == "--scale" for argument in arguments)
    return command_manage(["seed" if in_bulk else "seed_demo", *arguments], signals)


def command_reset(arguments, signals):
    """Delete the data: database, uploads, secrets   [--data DIR] [--yes]"""
    arguments, data = take_data(arguments)
    refuse([argument for argument in arguments if argument != "--yes"])
    if not data.in_use.exists():
        raise Problem(f"{data.folder} holds no data of ours: there is nothing to reset.")
    if "--yes" not in arguments:
        say(f"This deletes the database, the uploads and the secrets in {data.folder}.")
        if not sys.stdin.isatty():
            raise Problem("Nobody is there to ask: say --yes if that is wanted.")
        if input("Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
            say("Nothing was deleted.")
            return 1
    if not Services(data).stop():
        raise Problem(f"{data.folder} is in use by a running copy: end that first.")
    Server(data).remove()
    data.remove()
    say(f"{data.folder} is empty.")
    return 0


def command_bench(arguments, signals):
    """Measure the pages on seeded data   [arguments of bench] [--data DIR]"""
    arguments, data = take_data(arguments, default=ROOT / "var" / "bench")
    with services_for(data, environment.DEV, signals) as services:
        application = Application(services)
        with Quiet().step("Preparing the database"):
            application.migrate()
            application.compile_texts()
            application.collect_files()
        return processes.run_through(
            [PYTHON, "-m", "bench", *arguments], application.environment, signals
        )


def command_lock(arguments, signals):
    """Resolve requirements*.in into exact versions with hashes   [--upgrade]"""
    environment.prepare(environment.RUN, Quiet())
    return requirements.lock(arguments)


def command_translate(arguments, signals):
    """Collect the texts into locale/ and compile the translations"""
    refuse(arguments)
    environment.prepare(environment.RUN, Quiet())
    command = [PYTHON, "-m", "lib.devtools.translations", "--update"]
    return processes.run_through(command, dict(os.environ), signals)


def command_env(arguments, signals):
    """Start database and cache, let them run, print their variables for `eval`   [--data DIR]"""
    arguments, data = take_data(arguments)
    refuse(arguments)
    with services_for(data, environment.RUN, signals) as services:
        services.keep()
        for name, value in services.variables.items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


def command_stop(arguments, signals):
    """Stop what `./dev env` left running   [--data DIR]"""
    arguments, data = take_data(arguments)
    refuse(arguments)
    if not Services(data).stop():
        raise Problem(f"{data.folder} is in use by a running copy: end that first.")
    return 0


COMMANDS = {
    "run": command_run,
    "test": command_test,
    "check": command_check,
    "format": command_format,
    "manage": command_manage,
    "seed": command_seed,
    "reset": command_reset,
    "bench": command_bench,
    "lock": command_lock,
    "translate": command_translate,
    "env": command_env,
    "stop": command_stop,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0
    command = COMMANDS.get(arguments[0])
    if command is None:
        say(f"./dev knows no {arguments[0]!r}.\n\n{overview()}")
        return 2
    read_env_file(ROOT / ".env", os.environ)
    signals = Signals()
    signals.install()
    try:
        return command(arguments[1:], signals)
    except Problem as problem:
        say(str(problem))
        return 1
    except PermissionError as error:
        say(
            f"{error.filename} is not open to this user: run ./dev as its owner, or name another --data DIR."
        )
        return 1
    except Interrupted as interrupted:
        return 128 + interrupted.number
    except BrokenPipeError:
        return 1


def overview() -> str:
    """One line for each command."""
    lines = [f"  ./dev {name:<10} {command.__doc__}" for name, command in COMMANDS.items()]
    return "\n".join(["Cairn", *lines])


def services_for(data: Data, packages: str, signals: Signals) -> Services:
    """The environment and the running services, for a `with`."""
    quiet = Quiet()
    environment.prepare(packages, quiet)
    services = Services(data)
    with quiet.step("Starting database and cache"), signals.held():
        try:
            services.start()
        except BaseException:
            services.release()
            raise
    return services


def take_data(arguments: list[str], default: Path | None = None) -> tuple[list[str], Data]:
    """Take `--data DIR` out of the arguments, wherever it stands before a `--`."""
    rest, folder, words = [], None, iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--data":
            folder = next(words, None)
            if folder is None:
                raise Problem("--data needs the name of a folder.")
        elif word.startswith("--data="):
            folder = word.removeprefix("--data=")
        else:
            rest.append(word)
    return rest, Data(folder or default)


def refuse(arguments: list[str]) -> None:
    if arguments:
        raise Problem(
            f"This command does not know {shlex.join(arguments)}: ./dev lists what each takes."
        )


def pytest_defaults(arguments: list[str]) -> list[str]:
    """Two at once, unless the arguments say how many or want a debugger."""
    said = any(word.startswith(("-n", "--numprocesses", "--pdb", "--trace")) for word in arguments)
    without = "no:xdist" in arguments or "-pno:xdist" in arguments
    return [] if said or without else ["-n", "2", "--dist", "worksteal"]


def read_env_file(path: Path, variables) -> None:
    """Variables of `.env` that are not set already, as the settings read them."""
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        name, separator, value = line.strip().removeprefix("export ").partition("=")
        if separator and not name.startswith("#"):
            value = value.strip()
            if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            variables.setdefault(name.strip(), value)
