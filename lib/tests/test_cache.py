import contextlib
import logging
import pickle
import socket
import threading
import time

import pytest

from lib import cache as module
from lib.cache import ResilientRedisCache


@pytest.fixture(autouse=True)
def _fresh_health():
    module.forget_failures()
    yield
    module.forget_failures()


@pytest.fixture
def dead():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return ResilientRedisCache(f"redis://name:secret@127.0.0.1:{port}/0", {})


@pytest.fixture
def hung():
    """A server that takes every connection and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(64)
        yield ResilientRedisCache(f"redis://127.0.0.1:{server.getsockname()[1]}/0", {})


class FakeRedis:
    """Just enough of a server: strings in a dictionary, spoken to in RESP. `is_up` pulls the plug."""

    def __init__(self):
        self.data, self.is_up, self.calls = {}, True, []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.server.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with (
            contextlib.suppress(OSError, ValueError),
            connection,
            connection.makefile("rwb") as stream,
        ):
            while line := stream.readline():
                parts = []
                for _ in range(int(line[1:])):
                    size = int(stream.readline()[1:])
                    parts.append(stream.read(size + 2)[:-2])
                if not self.is_up:
                    return
                stream.write(self._answer(parts[0].upper(), parts[1:]))
                stream.flush()

    def _answer(self, command, arguments):
        self.calls.append(command.decode())
        if command == b"SET":
            self.data[arguments[0]] = arguments[1]
            return b"+OK\r\n"
        if command == b"GET":
            value = self.data.get(arguments[0])
            return b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value)
        if command == b"DEL":
            return b":%d\r\n" % sum(self.data.pop(key, None) is not None for key in arguments)
        if command == b"INCR" or command == b"INCRBY":
            return b"-OOM command not allowed\r\n"
        if command == b"EXISTS":
            return b":%d\r\n" % (arguments[0] in self.data)
        return b"-ERR unknown command\r\n"


@pytest.fixture
def redis():
    server = FakeRedis()
    yield server
    server.server.close()


def cache_for(redis):
    return ResilientRedisCache(redis.url, {"OPTIONS": {"protocol": 2}})


def use_everything(cache):
    """Every operation of a cache, and what it answered."""
    answers = [
        cache.get("a", 5),
        cache.set("a", 1),
        cache.add("b", 2),
        cache.get_many(["a", "b"]),
        cache.set_many({"a": 1}),
        cache.get_or_set("c", lambda: 7),
        cache.delete("a"),
        cache.delete_many(["a", "b"]),
        cache.touch("a"),
        cache.has_key("a"),
        "a" in cache,
        cache.clear(),
    ]
    for operation in (cache.incr, cache.decr, cache.incr_version):
        with pytest.raises(ValueError, match="not found"):
            operation("a")
    return answers


MISSES = [5, None, True, {}, [], 7, False, None, False, False, False, False]


def test_dead_server_is_a_miss_for_every_operation(dead, caplog):
    with caplog.at_level(logging.WARNING, "lib.cache"):
        assert use_everything(dead) == MISSES

    assert len(caplog.records) == 1
    assert "secret" not in caplog.text


@pytest.mark.parametrize("operation", ["get", "set", "add", "delete", "touch", "has_key", "clear"])
def test_each_operation_survives_being_the_first_to_fail(dead, operation):
    arguments = {"set": ("k", 1), "add": ("k", 1), "clear": ()}.get(operation, ("k",))

    getattr(dead, operation)(*arguments)


def test_hung_server_costs_a_page_one_timeout(hung):
    start = time.monotonic()
    hung.get("a")
    hung.get_or_set("b", lambda: 1)
    hung.set("c", 1)
    hung.get_many(["a", "b"])
    hung.delete_many(["a"])

    assert time.monotonic() - start < 0.45  # 0.25 and a busy machine; two timeouts would be 0.5


def test_failure_is_remembered_by_all_threads_of_the_process(hung):
    hung.get("a")
    took = []

    def ask():
        other = ResilientRedisCache(hung._servers, {})
        start = time.monotonic()
        other.get("a")
        took.append(time.monotonic() - start)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert max(took) < 0.2


def test_only_one_caller_asks_again_after_the_pause(hung, monkeypatch):
    hung.get("a")
    monkeypatch.setattr(module, "PAUSE", 60)
    health = hung._cache._health
    health._asked_again_at = time.monotonic() - 1

    assert [health.may_ask() for _ in range(3)] == [True, False, False]


def test_a_living_server_is_used(redis):
    cache = cache_for(redis)
    cache.set("a", {"x": 1})

    assert cache.get("a") == {"x": 1}
    assert cache.get("b", "none") == "none"


def test_what_could_not_be_replaced_is_dropped_on_recovery(redis, monkeypatch):
    cache = cache_for(redis)
    cache.set("changed", "old")
    cache.set("kept", "same")
    redis.is_up = False
    cache.set("changed", "new")
    cache.delete("changed")
    monkeypatch.setattr(cache._cache._health, "_asked_again_at", time.monotonic() - 1)
    redis.is_up = True

    assert cache.get("changed") is None
    assert cache.get("kept") == "same"


def test_a_refusal_is_a_miss_and_no_outage(redis):
    cache = cache_for(redis)
    cache.set("n", 1)
    cache.set("other", 2)

    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")
    assert cache.get("other") == 2
    assert cache.get("n") is None  # the count is no longer right, so it is dropped


def test_a_value_of_another_release_is_a_miss(redis):
    cache = cache_for(redis)
    redis.data[b":1:a"] = pickle.dumps(1)[:-3] + b"cno_module\nThing\n."

    assert cache.get("a", "miss") == "miss"
    cache.set("b", 2)
    assert cache.get("b") == 2
