"""What the launcher says. Everything goes to stderr: stdout belongs to the commands it runs."""

import sys
import threading
import time
from contextlib import contextmanager

TICK = 10  # seconds between signs of life where the line cannot be rewritten


class Problem(Exception):
    """Something is missing or broken; the message says what, and how to mend it, in one sentence."""


def say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)


class Steps:
    """Numbered steps with the time each takes: `[2/6] Installing packages … 12 s`."""

    def __init__(self, total: int):
        self.total = total
        self.number = 0

    @contextmanager
    def step(self, title: str):
        self.number += 1
        line = _LiveLine(f"[{self.number}/{self.total}] {title}")
        line.start()
        try:
            yield line
        except BaseException:
            line.finish("failed")
            raise
        line.finish()


class Quiet:
    """Stands in for `Steps` where a command's own output is all that should be seen.

    Only a step that takes longer than a moment is mentioned.
    """

    PATIENCE = 1.5  # seconds

    @contextmanager
    def step(self, title: str):
        timer = threading.Timer(self.PATIENCE, say, [f"{title} …"])
        timer.daemon = True
        timer.start()
        try:
            yield self
        finally:
            timer.cancel()

    def note(self, text: str) -> None:
        """Not said."""


class _LiveLine:
    def __init__(self, title):
        self.title = title
        self.notes = ""
        self.live = sys.stderr.isatty()
        self._over = threading.Event()
        self._started = time.monotonic()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def start(self):
        print(f"{self.title} …", end="" if self.live else "\n", file=sys.stderr, flush=True)
        self._thread.start()

    def note(self, text: str) -> None:
        """What the line ends with instead of the time alone."""
        self.notes = text

    def finish(self, outcome: str = "") -> None:
        self._over.set()
        self._thread.join()
        seconds = time.monotonic() - self._started
        ending = ", ".join(part for part in (outcome, self.notes, f"{seconds:.1f} s") if part)
        if self.live:
            print(f"\r\033[K{self.title} … {ending}", file=sys.stderr, flush=True)
        elif outcome or self.notes or seconds >= TICK:
            print(f"{self.title} … {ending}", file=sys.stderr, flush=True)

    def _tick(self):
        while not self._over.wait(1 if self.live else TICK):
            seconds = time.monotonic() - self._started
            start, end = ("\r\033[K", "") if self.live else ("", "\n")
            print(f"{start}{self.title} … {seconds:.0f} s", end=end, file=sys.stderr, flush=True)
