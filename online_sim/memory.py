"""The memory that a run will need beyond its state, asked for before the first round is played."""

import os
from pathlib import Path


def available_bytes() -> int | None:
    """The memory that can still be had, in bytes; None where the system does not say.

    Linux promises more than it has and kills who uses it; others fail at once, with a MemoryError.
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
    """ValueError when `needed` bytes are more than there are."""
    room = available_bytes()
    if room is not None and needed > room:
        raise ValueError(f"{what} need {needed / 1e9:.3g} GB, {room / 1e9:.3g} GB are free; {remedy}")
