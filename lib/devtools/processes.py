"""Starting programs, and ending them again: all that were started, and only those."""

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

from lib.devtools.console import Problem, say
from lib.devtools.places import PYTHON, ROOT

GRACE = 10.0  # seconds a program has to end by itself
LONGEST_PAUSE = 30.0  # seconds between attempts to start something that keeps ending
STEADY = 30.0  # seconds after which a program that ends counts as ending for the first time


class Interrupted(BaseException):
    """Ctrl-C, or asked to end."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Signals:
    """Turns the signals that ask us to end into one exception, held back where it would do harm."""

    ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self):
        self._held = 0
        self.asked = None
        self.count = 0

    def install(self) -> None:
        for number in self.ASKING:
            signal.signal(number, self._receive)

    @contextmanager
    def held(self):
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        self.check()

    def forget(self) -> None:
        """What was asked has been passed on."""
        self.asked = None

    def hold_for_good(self) -> None:
        """From now on nothing interrupts: we are ending already."""
        self._held += 1

    def check(self) -> None:
        if self.asked is not None and not self._held:
            number, self.asked = self.asked, None
            raise Interrupted(number)

    def _receive(self, number, frame):
        self.asked = number
        self.count += 1
        self.check()


class Program:
    """A program that should keep running: started again, with growing pauses, when it ends."""

    def __init__(self, name: str, command: list, environment: dict):
        self.name = name
        self.command = [str(part) for part in command]
        self.environment = environment
        self.process = None
        self.failures = 0
        self._started = self._not_before = 0.0

    def start(self) -> None:
        """In a process group of its own, and on a leash: it ends with us even if we are killed."""
        leashed = [str(PYTHON), "-m", "lib.devtools.leash", str(os.getpid()), *self.command]
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            leashed,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def look_after(self) -> None:
        """Start it again if it has ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self._not_before:
                self.start()
            return
        if self.process.poll() is None:
            return
        self.failures = 1 if now - self._started > STEADY else self.failures + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (self.failures - 1))
        say(
            f"The {self.name} ended ({_outcome(self.process.returncode)}); it starts again in {pause:.0f} s."
        )
        self._end_group(signal.SIGKILL)  # what it may have left behind
        self.process, self._not_before = None, now + pause

    def ask_to_end(self) -> None:
        self._end_group(signal.SIGTERM)

    def make_end(self) -> None:
        self._end_group(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.process = None

    def _end_group(self, number):
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return


def end_all(programs: list[Program], signals: Signals | None = None) -> None:
    """Ask all to end, wait a while, then make them. A second Ctrl-C shortens the wait."""
    for program in programs:
        program.ask_to_end()
    deadline = time.monotonic() + GRACE
    before = signals.count if signals else 0
    while time.monotonic() < deadline and not all(program.has_ended() for program in programs):
        if signals and signals.count > before:
            break
        time.sleep(0.05)
    for program in programs:
        program.make_end()


def run_step(command: list, environment: dict, what: str) -> str:
    """Run a part of the preparation; its output is shown only if it fails."""
    answer = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if answer.returncode:
        say()
        say(answer.stdout.rstrip())
        raise Problem(
            f"{what} failed ({_outcome(answer.returncode)}): its own message stands above."
        )
    return answer.stdout


def run_through(command: list, environment: dict, signals: Signals) -> int:
    """Run a command in our place: its output, input and exit code are ours; so are the signals we get."""
    with signals.held():
        process = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment)
        stop_forwarding = threading.Event()
        forwarder = threading.Thread(
            target=_forward, args=(process, signals, stop_forwarding), daemon=True
        )
        forwarder.start()
        try:
            code = process.wait()
        finally:
            stop_forwarding.set()
            forwarder.join()
        signals.forget()
    return code if code >= 0 else 128 - code


def _forward(process, signals, over):
    """A terminal sends Ctrl-C to the command as well; anything else reaches only us."""
    while not over.wait(0.1):
        if signals.asked in (signal.SIGTERM, signal.SIGHUP):
            process.send_signal(signals.asked)
            signals.forget()


def _outcome(code):
    return f"signal {-code}" if code < 0 else f"exit code {code}"
