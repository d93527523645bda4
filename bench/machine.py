"""What the numbers were measured on."""

import os
import platform
from pathlib import Path


def describe() -> str:
    """Processor, cores, memory, system: `AMD EPYC, 2 cores, 23 GB, Linux 6.18`."""
    kernel = ".".join(platform.release().split(".")[:2])
    return (
        f"{processor()}, {os.cpu_count()} cores, {memory_gb():.0f} GB, {platform.system()} {kernel}"
    )


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def memory_gb() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
