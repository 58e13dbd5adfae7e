"""Detection of overflow and underflow by the processor's flags, at no cost to a round.

Overflow and underflow each set a flag of the thread, which stays set until it is cleared. A compiled loop
clears both before a block and reads them after it. Division by zero and invalid operations are not checked: a
compiler may compute both branches of a choice, and nonfinite numbers are found in the states.

Plain Python on numpy's numbers is watched through numpy's own reports, because each of its operations clears
the flags.
"""

import ctypes
import ctypes.util
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

_FLAGS = {
    "x86_64": {0x08: "overflow", 0x10: "underflow"},
    "AMD64": {0x08: "overflow", 0x10: "underflow"},
    "aarch64": {0x04: "overflow", 0x08: "underflow"},
    "arm64": {0x04: "overflow", 0x08: "underflow"},
}
"""The flag bits of the C library's fenv.h, by processor."""
NAMES = ("overflow", "underflow")
"""What is watched for."""


@cache
def library() -> tuple[Any, dict[int, str], int] | None:
    """The C library, its flags by their bits, and all of them; None if they cannot be read here."""
    flags = _FLAGS.get(platform.machine())
    name = ctypes.util.find_library("m")
    if flags is None or name is None:
        return None
    try:
        found = ctypes.CDLL(name)
        return (found, flags, sum(flags)) if hasattr(found, "fetestexcept") else None
    except OSError:
        return None


def clear() -> None:
    """Clear the flags."""
    known = library()
    if known is not None:
        known[0].feclearexcept(known[2])


def raised() -> tuple[str, ...]:
    """The names of the flags set since then; empty if the flags cannot be read."""
    known = library()
    if known is None:
        return ()
    found = known[0].fetestexcept(known[2])
    return tuple(name for bit, name in known[1].items() if found & bit) if found else ()


@contextmanager
def watched(*, interpreted: bool) -> Iterator[list[str]]:
    """A list that names, at the end, what happened in between; no warning is given.

    interpreted: whether plain Python runs in between, and not a compiled loop.
    """
    found: list[str] = []
    if not interpreted:
        with np.errstate(all="ignore"):
            clear()
            yield found
            found += raised()
        return
    seen: set[str] = set()
    with np.errstate(
        over="call", under="call", divide="ignore", invalid="ignore", call=lambda kind, _: seen.add(kind)
    ):
        yield found
    found += [name for name in NAMES if name in seen]
