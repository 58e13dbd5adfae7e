"""A check, before the first round, of the memory that a run will need beyond its state."""

import os
from pathlib import Path

LITTLE = 4096
"""The bytes, a page of memory, that are not worth asking for: the answer takes fifty microseconds."""


def available_bytes() -> int | None:
    """The available memory in bytes; None if the system does not report it.

    Linux promises more than it has and kills a process that uses it; other systems raise a MemoryError.
    """
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")) * 1024
    except (OSError, StopIteration, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def check_room(needed: int, what: str, remedy: str) -> None:
    """Raise ValueError if `needed` bytes are more than are available."""
    if needed <= LITTLE:
        return
    room = available_bytes()
    if room is not None and needed > room:
        raise ValueError(f"{what} need {needed / 1e9:.3g} GB, {room / 1e9:.3g} GB are free; {remedy}")
