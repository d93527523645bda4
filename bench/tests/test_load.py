"""The load generator against a server of a few lines."""

import socket
import threading

import pytest

from bench.load import CHUNKED, Job, length_of_answer, quantiles, run, status_of

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
AWAY = b"HTTP/1.1 302 Found\r\nLocation: /there/?next=/x/\r\nContent-Length: 0\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


@pytest.fixture
def server():
    """Answers `/away`, `/chunks` and anything else, on kept connections; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection):
        with connection:
            while data := connection.recv(65_536):
                answers = {b"/away": AWAY, b"/chunks": CHUNKS, b"/broken": None}
                answer = answers.get(data.split(b" ")[1], OK)
                if answer is None:
                    return
                connection.sendall(answer)

    def accept():
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.close()


def request(path):
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"


def test_each_request_is_sent_once_without_a_time(server):
    result = run(
        Job(server, [request("/"), request("/away"), request("/chunks")] * 4, connections=3)
    )
    assert result.statuses == {"200": 8, "302 /there/": 4}
    assert (result.done, result.broken) == (12, 0)
    assert 0 < result.median_ms <= result.p95_ms


def test_requests_go_round_for_a_time(server):
    result = run(Job(server, [request("/")], connections=2, seconds=0.1))
    assert result.done > 2
    assert result.bytes_read == result.done * len(OK)
    assert result.rate == pytest.approx(result.done / result.seconds)


def test_broken_connections_are_counted(server):
    result = run(Job(server, [request("/broken")] * 2, connections=2))
    assert (result.done, result.broken) == (0, 2)


@pytest.mark.parametrize(
    ("answer", "length"),
    [
        (OK, len(OK)),
        (OK[:30], -1),
        (b"HTTP/1.1 200 OK\r\ncontent-length:7\r\n\r\n", 44),
        (CHUNKS, CHUNKED),
        (b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 33),
    ],
)
def test_length_of_an_answer(answer, length):
    assert length_of_answer(answer) == length


def test_a_redirect_says_where_it_leads():
    assert status_of(AWAY) == "302 /there/"
    assert status_of(OK) == "200"


def test_quantiles_of_nothing_are_zero():
    assert quantiles([]) == (0.0, 0.0)
    assert quantiles([float(n) for n in range(100)]) == (50.0, 95.0)
