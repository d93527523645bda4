"""Sends requests over kept connections and times the answers: `python -m bench.load`, a job in, a result out.

It runs in a process of its own, imports nothing heavy, and reads no more of an answer than it must, so
that it takes little of the machine away from what it measures.
"""

import json
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass, field


@dataclass
class Job:
    """What to send: each connection takes the next request of the list as soon as its answer is there."""

    port: int
    requests: list[str]
    connections: int = 1
    #: Go round the list for so long; None: send each request once.
    seconds: float | None = None


@dataclass
class Result:
    """What came back."""

    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    bytes_read: int = 0
    median_ms: float = 0.0
    p95_ms: float = 0.0
    broken: int = 0

    @property
    def done(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0


class Connection:
    """One kept connection with at most one request under way."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.sent_at = 0.0
        self.buffer = b""
        self.length = -1  # of the whole answer, once its head is there
        self.closes = False

    def send(self, request: bytes) -> None:
        self.buffer, self.length = b"", -1
        self.sent_at = time.perf_counter()
        self.socket.setblocking(True)
        self.socket.sendall(request)
        self.socket.setblocking(False)

    def receive(self) -> bool | None:
        """True when the answer is whole, None when the connection broke."""
        try:
            data = self.socket.recv(262_144)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return None
        if not data:
            return None
        self.buffer += data
        if self.length < 0:
            self.length = length_of_answer(self.buffer)
        if self.length == CHUNKED:
            return self.buffer.endswith(b"0\r\n\r\n")
        return 0 <= self.length <= len(self.buffer)


CHUNKED = -2
ANSWER_PATIENCE = 30  # seconds without any answer until the run is given up


def length_of_answer(data: bytes) -> int:
    """Bytes of head and body; -1 while the head is not whole, CHUNKED where the end must be looked for."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = data[:end].lower() + b"\r\n"
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        return end + 4 + int(head[at + 17 : head.index(b"\r\n", at + 17)])
    if b"\r\ntransfer-encoding: chunked" in head:
        return CHUNKED
    return end + 4


def status_of(data: bytes) -> str:
    """`200`, or for a redirect `302 /where/it/leads/`."""
    status = data[9:12].decode()
    if status[0] != "3":
        return status
    head = data[: data.find(b"\r\n\r\n")] + b"\r\n"
    at = head.lower().find(b"\r\nlocation:")
    where = head[at + 11 : head.index(b"\r\n", at + 11)].decode().strip() if at >= 0 else ""
    return f"{status} {where.partition('?')[0]}"


def run(job: Job) -> Result:
    result, times = Result(), []
    requests = [text.encode("latin-1") for text in job.requests]
    limit = None if job.seconds is not None else len(requests)
    selector = selectors.DefaultSelector()
    count = job.connections if limit is None else min(job.connections, limit)
    connections = [Connection(job.port) for _ in range(count)]
    started = time.perf_counter()
    ends_at = started + job.seconds if job.seconds is not None else float("inf")
    sent = 0
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(requests[sent % len(requests)])
        sent += 1
    open_count = len(connections)
    while open_count:
        events = selector.select(timeout=ANSWER_PATIENCE)
        if not events:
            result.broken += open_count
            break
        for key, _events in events:
            connection = key.data
            state = connection.receive()
            if state is False:
                continue
            now = time.perf_counter()
            if state is None:
                result.broken += 1
            else:
                times.append(now - connection.sent_at)
                status = status_of(connection.buffer)
                result.statuses[status] = result.statuses.get(status, 0) + 1
                result.bytes_read += len(connection.buffer)
            if state and now < ends_at and (limit is None or sent < limit):
                connection.send(requests[sent % len(requests)])
                sent += 1
            else:
                selector.unregister(connection.socket)
                connection.socket.close()
                open_count -= 1
    result.seconds = time.perf_counter() - started
    result.median_ms, result.p95_ms = (1000 * value for value in quantiles(times))
    return result


def quantiles(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile; zeros when nothing was measured."""
    ordered = sorted(times)
    if not ordered:
        return 0.0, 0.0
    return ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def main() -> None:
    json.dump(asdict(run(Job(**json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
