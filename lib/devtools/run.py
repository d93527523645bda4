"""`./dev run`: everything up, in order, and everything down again."""

import http.client
import os
import socket
import time

from lib.devtools import environment, processes
from lib.devtools.application import Application
from lib.devtools.console import Problem, Steps, say
from lib.devtools.places import PYTHON, ROOT, Data
from lib.devtools.postgres import Server
from lib.devtools.processes import Interrupted, Program, Signals
from lib.devtools.services import Services

HOST = "127.0.0.1"
START_PATIENCE = 90.0  # seconds for the web server's first answer
LOOK = 0.5  # seconds between looks at what runs
SERVICES_EVERY = 4  # looks between looks at database and cache
RELOADED = (".py",)
WORKERS = 2  # one for each core of a small machine
BLOCKING_THREADS = 4  # a browser asks for several things at once


def run(port: int, data: Data, signals: Signals, *, seed: bool = True, reload: bool = False) -> int:
    """Start everything and stay until asked to end."""
    require_free(port)
    steps = Steps(4 + seed if environment.is_ready(environment.RUN) else 6 + seed)
    environment.prepare(environment.RUN, steps)
    services = Services(data)
    programs = []
    try:
        application = _prepare(services, steps, port, signals, seed=seed, reload=reload)
        programs = [_web(application, port), _worker(application)]
        with steps.step("Starting the web server and the worker"):
            for program in programs:
                program.start()
            accounts = application.accounts() if seed else ""
            _wait_until_ready(programs[0], port)
        _announce(port, accounts)
        _stay(programs, services, signals, reload=reload)
    except Interrupted:
        say("\nEnding …")
        return 0 if programs else 130
    finally:
        signals.hold_for_good()
        processes.end_all(programs, signals)
        services.release()


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError:
            raise Problem(
                f"{port} is no port: choose one from 1024 to 65535 with --port N."
            ) from None
        except PermissionError:
            raise Problem(
                f"Port {port} is reserved for root: choose one above 1023 with --port N."
            ) from None
        except OSError:
            raise Problem(f"Port {port} is already in use: choose another with --port N.") from None


def _prepare(services, steps, port, signals, *, seed, reload):
    with steps.step("Starting database and cache"), signals.held():
        services.start()
    variables = {"DEBUG": os.environ.get("DEBUG", "1")} if reload else {}
    application = Application(services, CAIRN_PORT=str(port), **variables)
    with steps.step("Migrating the database") as step:
        step.note("" if application.migrate() else "up to date")
    with steps.step("Preparing translations and static files"):
        application.compile_texts()
        application.collect_files()
    if seed:
        with steps.step("Filling in the demo data") as step:
            step.note("" if application.seed() else "there")
    return application


def _web(application, port):
    command = [
        *(PYTHON, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", port),
        *(
            "--workers",
            1 if application.debugs else WORKERS,
            "--blocking-threads",
            BLOCKING_THREADS,
            "--no-ws",
            "--respawn-failed-workers",
        ),
        *("--log-level", "warning", "config.wsgi:application"),
    ]
    return Program("web server", command, application.environment)


def _worker(application):
    return Program(
        "worker", application.command("procrastinate", "worker"), application.environment
    )


def _wait_until_ready(web, port):
    deadline = time.monotonic() + START_PATIENCE
    said = "nothing"
    while time.monotonic() < deadline:
        if web.has_ended():
            raise Problem("The web server does not start: its own message stands above.")
        status, text = _ask(port, "/readyz")
        if status == 200:
            return
        said = text or said
        time.sleep(0.05)
    raise Problem(f"The web server does not become ready; /readyz answers: {said}")


def _ask(port, path):
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode(errors="replace").strip()
    except OSError:
        return 0, ""
    except http.client.HTTPException as error:
        return 0, repr(error)
    finally:
        connection.close()


def _announce(port, accounts):
    print(f"\nCairn is ready: http://localhost:{port}/\n", flush=True)
    if accounts:
        print(f"{accounts}\n", flush=True)
    print("Ctrl-C ends it.", flush=True)


def _stay(programs, services, signals, *, reload):
    seen = _sources() if reload else None
    looks = 0
    while True:
        time.sleep(LOOK)
        looks += 1
        if reload:
            now = _sources()
            if now != seen:
                say("The code changed; starting again.")
                processes.end_all(programs)
                seen = now
        for program in programs:
            program.look_after()
        if looks % SERVICES_EVERY == 0 and _database_is_gone(services):
            say("The database ended; starting it again.")
            with signals.held():
                services.start()


def _database_is_gone(services):
    return services.embeds_database and not Server(services.data).is_alive()


def _sources():
    """When each file of the code last changed."""
    times = {}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in {"var", "static", "tests"}
        ]
        for name in files:
            if name.endswith(RELOADED):
                path = os.path.join(folder, name)
                try:
                    times[path] = os.stat(path).st_mtime_ns
                except FileNotFoundError:
                    continue
    return times
