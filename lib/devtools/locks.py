"""Locks between processes, as files: they end with the process that holds them, however it ends."""

import fcntl
import os
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path):
    """One at a time; waits."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Users:
    """Who is using something: each user holds a shared lock for as long as it needs the thing."""

    def __init__(self, path: Path):
        self.path = path
        self._handle = None

    @property
    def joined(self) -> bool:
        return self._handle is not None

    def join(self) -> None:
        if not self.joined:
            self._handle = _open(self.path)
            fcntl.flock(self._handle, fcntl.LOCK_SH)

    def leave(self) -> None:
        if self.joined:
            os.close(self._handle)
            self._handle = None

    def is_empty(self) -> bool:
        """Whether nobody else holds it; asked under an exclusive lock, so that nobody joins meanwhile."""
        handle = _open(self.path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True


def _open(path):
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
