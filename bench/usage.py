"""CPU and memory of process trees, read from /proc."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cpu:
    """Seconds of CPU that the parts of the site used."""

    web: float = 0.0
    database: float = 0.0
    cache: float = 0.0

    def __sub__(self, earlier: "Cpu") -> "Cpu":
        return Cpu(*(getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self)))

    @property
    def total(self) -> float:
        return self.web + self.database + self.cache


@dataclass(frozen=True)
class Processes:
    """The roots of what is measured; None where a part runs on another machine."""

    web: int | None
    database: int | None
    cache: int | None

    def cpu(self) -> Cpu:
        parents = parent_ids()
        return Cpu(
            *(
                tree_seconds(root, parents) if root else 0.0
                for root in (self.web, self.database, self.cache)
            )
        )


def parent_ids() -> dict[int, int]:
    """Process id → its parent's, for all that run now."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            found = stat_of(int(entry))
            if found:
                parents[int(entry)] = int(found[1])
    return parents


def stat_of(process: int) -> list[str] | None:
    """The fields of /proc/N/stat after the name; None when it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def tree_of(root: int, parents: dict[int, int]) -> list[int]:
    found = [root]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def tree_seconds(root: int, parents: dict[int, int]) -> float:
    """CPU of a process and all below it, with those that have ended meanwhile."""
    ticks = 0
    for process in tree_of(root, parents):
        found = stat_of(process)
        if found:
            ticks += sum(int(value) for value in found[11:15])  # utime, stime, cutime, cstime
    return ticks / TICKS


def worker_memory(root: int) -> list[int]:
    """Resident bytes of each process below the root, the largest first."""
    sizes = []
    for process in tree_of(root, parent_ids())[1:]:
        found = stat_of(process)
        if found:
            sizes.append(int(found[21]) * PAGE)
    return sorted(sizes, reverse=True)


def postmaster_of(connection) -> int | None:
    """The process that all backends of this connection's server come from; None if it is elsewhere."""
    backend = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
    found = stat_of(backend)
    is_ours = found and name_of(backend).startswith("postgres")
    return int(found[1]) if is_ours else None


def name_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def cache_process(url: str) -> int | None:
    """The cache server's process; None without one, or if it is elsewhere."""
    if not url:
        return None
    import redis  # noqa: PLC0415 -- only where there is one

    process = redis.Redis.from_url(url).info("server")["process_id"]
    return process if name_of(process).startswith(("redis", "valkey")) else None
