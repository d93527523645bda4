"""A Redis cache that is never in the way: when Redis is gone, hung or full, the site is slower, and works.

`CACHES["default"]["BACKEND"] = "lib.cache.ResilientRedisCache"`.
"""

import functools
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import DatabaseError, transaction
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError
from redis.retry import Retry

logger = logging.getLogger(__name__)

SOCKET_TIMEOUT = 0.25  # seconds, for the connect and for each answer
PAUSE = 15  # seconds in which a cache that failed is not asked again
PROBE = 2  # seconds one caller has for asking again, while the others still go without
MAX_OWED = 10_000  # keys to drop later, bounded so that a long outage cannot fill the memory

# What each operation answers while the cache cannot be asked: a miss.
_MISS = {
    "add": lambda key, *args: True,
    "get": lambda key, default: default,
    "set": lambda key, *args: None,
    "touch": lambda key, *args: False,
    "delete": lambda key: False,
    "get_many": lambda keys: {},
    "has_key": lambda key: False,
    "set_many": lambda data, *args: None,
    "delete_many": lambda keys: None,
    "clear": lambda: False,
}
_WRITES = {"set", "delete", "incr", "set_many", "delete_many"}


@contextmanager
def without_caches() -> Iterator[None]:
    """Read nothing from any cache and keep nothing in one: for what is made in a transaction that is taken back."""
    own = {alias: caches[alias] for alias in settings.CACHES}
    for alias in own:
        caches[alias] = DummyCache(alias, {})
    try:
        yield
    finally:
        for alias, backend in own.items():
            caches[alias] = backend


class _Health:
    """What this process knows of one server: whether to ask it, and which keys it must still drop.

    A delete or a new value that never reached Redis would leave the old value there to be served
    after the recovery; so those keys are remembered and dropped before anything else is asked.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._asked_again_at = 0.0  # monotonic; 0 while all is well
        self._owed: dict[str, None] = {}

    def may_ask(self):
        if not self._asked_again_at:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._asked_again_at:
                return False
            if self._asked_again_at:
                self._asked_again_at = (
                    now + PROBE
                )  # this caller tries, the others wait for the result
            return True

    def failed(self, error, operation, server):
        with self._lock:
            was_well = not self._asked_again_at
            self._asked_again_at = time.monotonic() + PAUSE
        if was_well:
            logger.warning(
                "Cache %s failed in %s (%s), going without it; asked again every %d s",
                server,
                operation,
                error,
                PAUSE,
            )

    def recovered(self, server):
        if not self._asked_again_at:
            return
        with self._lock:
            was_well, self._asked_again_at = not self._asked_again_at, 0.0
        if not was_well:
            logger.warning("Cache %s answers again", server)

    def owe(self, keys):
        with self._lock:
            self._owed.update(dict.fromkeys(keys))
            while len(self._owed) > MAX_OWED:
                del self._owed[next(iter(self._owed))]

    def take_owed(self):
        if not self._owed:
            return []
        with self._lock:
            owed, self._owed = list(self._owed), {}
        return owed


_health: dict[tuple[str, ...], _Health] = {}


def forget_failures() -> None:
    """Ask every server again at once; for tests."""
    _health.clear()


def _guarded(operation):
    def decorate(method):
        @functools.wraps(method)
        def ask(self, *args):
            health = self._health
            if not health.may_ask():
                return self._do_without(operation, args)
            try:
                if owed := health.take_owed():
                    self._drop(owed)
                answer = method(self, *args)
            except (ConnectionError, TimeoutError, OSError) as error:
                health.failed(error, operation, self._name)
                return self._do_without(operation, args)
            except RedisError as error:  # it answers, but refuses: full, read-only, another type
                logger.warning("Cache %s refused %s: %s", self._name, operation, error)
                return self._do_without(operation, args)
            health.recovered(self._name)
            return answer

        return ask

    return decorate


class _ResilientClient(RedisCacheClient):
    def __init__(self, servers, **options):
        super().__init__(servers, **options)
        self._name = servers[0].rsplit("@", 1)[-1]  # without user and password
        self._health = _health.setdefault(tuple(servers), _Health())
        self._clients = {}

    def get_client(self, key=None, *, write=False):
        """One client for each pool of connections: making one costs as much as asking it."""
        pool = self._get_connection_pool(write)
        if pool not in self._clients:
            self._clients[pool] = self._client(connection_pool=pool)
        return self._clients[pool]

    def _drop(self, keys):
        try:
            self.get_client(None, write=True).delete(*keys)
        except Exception:
            self._health.owe(keys)
            raise

    def _do_without(self, operation, args):
        if operation in _WRITES:
            self._health.owe([args[0]] if isinstance(args[0], str) else args[0])
        if operation == "incr":
            raise ValueError(f"Key '{args[0]}' not found.")
        return _MISS[operation](*args)

    @_guarded("get")
    def get(self, key, default):
        value = self.get_client(key).get(key)
        return default if value is None else self._load(key, value, default)

    @_guarded("get_many")
    def get_many(self, keys):
        missing = object()
        found = zip(keys, self.get_client(None).mget(keys), strict=True)
        loaded = {key: self._load(key, value, missing) for key, value in found if value is not None}
        return {key: value for key, value in loaded.items() if value is not missing}

    def _load(self, key, value, default):
        try:
            return self._serializer.loads(value)
        except Exception:  # what another release stored may not load in this one: a miss
            logger.info("The cached value of %s cannot be read", key)
            return default

    add = _guarded("add")(RedisCacheClient.add)
    set = _guarded("set")(RedisCacheClient.set)
    touch = _guarded("touch")(RedisCacheClient.touch)
    delete = _guarded("delete")(RedisCacheClient.delete)
    has_key = _guarded("has_key")(RedisCacheClient.has_key)
    incr = _guarded("incr")(RedisCacheClient.incr)
    set_many = _guarded("set_many")(RedisCacheClient.set_many)
    delete_many = _guarded("delete_many")(RedisCacheClient.delete_many)
    clear = _guarded("clear")(RedisCacheClient.clear)


class ResilientRedisCache(RedisCache):
    """Django's Redis cache, for which a failure is a miss.

    A server that refuses, hangs or is lost costs `SOCKET_TIMEOUT` once; then the process does without
    it for `PAUSE` seconds. Meanwhile `get` misses, `add` answers True, `incr` raises ValueError as for
    a missing key, and the rest does nothing. Values that could not be replaced are dropped on recovery.
    """

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = _ResilientClient
        self._options = {
            "socket_timeout": SOCKET_TIMEOUT,
            "socket_connect_timeout": SOCKET_TIMEOUT,
            "retry": Retry(NoBackoff(), 0),
            **self._options,
        }


class LenientDatabaseCache(DatabaseCache):
    """The database as cache, which a transaction that may only read can ask as well.

    Reading sweeps away what has expired; where nothing may be written, that is left to the next reader.
    """

    def _base_delete_many(self, keys):
        try:
            with transaction.atomic():
                return super()._base_delete_many(keys)
        except DatabaseError:
            return False
