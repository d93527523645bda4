"""The web servers that are measured: granian with two worker processes, as in production."""

import http.client
import socket
import subprocess
import sys
import time
from pathlib import Path

from lib.devtools.application import ONE_HEAP

WORKERS = 2
THREADS = 2  # of each worker, as in the Dockerfile
HOST = "127.0.0.1"
PATIENCE = 30.0  # seconds for the first answer


class Server:
    """One granian on a port of its own, for a `with`."""

    def __init__(self, application: str, environment: dict[str, str], *, probe: str, log: Path):
        self.application = application
        self.environment = environment | ONE_HEAP
        self.probe = probe
        self.log = log
        self.port = 0
        self.process = None

    def __enter__(self):
        self.port = free_port()
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST),
            *(
                "--port",
                str(self.port),
                "--workers",
                str(WORKERS),
                "--blocking-threads",
                str(THREADS),
            ),
            *("--no-ws", "--log-level", "warning", self.application),
        ]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )
        self._wait()
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _wait(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                status, _headers, _body = self.get(self.probe)
            except OSError:
                time.sleep(0.1)
                continue
            if status < 500:
                return
            time.sleep(0.2)
        self.__exit__()
        sys.exit(f"bench: {self.application} does not start; see {self.log}.")

    def get(self, path: str, host: str = "localhost", **headers) -> tuple[int, dict, bytes]:
        """One request, for looking rather than measuring."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}", **headers})
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
