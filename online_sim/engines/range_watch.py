"""Did floats leave their range? The processor's own flags say so, at no cost to the round.

Overflow and underflow set a flag of the thread that stays until it is cleared. A compiled loop clears both
before a block and reads them after it. Division by zero
and invalid operations are not looked at: a compiler may compute both branches of a choice, and a number that
is not finite is found in the states.
"""

import ctypes
import ctypes.util
import platform
from functools import cache
from typing import Any

_FLAGS = {
    "x86_64": {0x08: "overflow", 0x10: "underflow"},
    "AMD64": {0x08: "overflow", 0x10: "underflow"},
    "aarch64": {0x04: "overflow", 0x08: "underflow"},
    "arm64": {0x04: "overflow", 0x08: "underflow"},
}
"""The bits of the C library's fenv.h by processor."""


@cache
def library() -> tuple[Any, dict[int, str]] | None:
    """The C library and its flags by their bits; None where they cannot be read on this machine."""
    flags = _FLAGS.get(platform.machine())
    name = ctypes.util.find_library("m")
    if flags is None or name is None:
        return None
    try:
        found = ctypes.CDLL(name)
        return (found, flags) if hasattr(found, "fetestexcept") else None
    except OSError:
        return None


def clear() -> None:
    """Forget what happened before."""
    known = library()
    if known is not None:
        known[0].feclearexcept(sum(known[1]))


def raised() -> tuple[str, ...]:
    """What happened since, in words; nothing where the flags cannot be read."""
    known = library()
    if known is None:
        return ()
    found = known[0].fetestexcept(sum(known[1]))
    return tuple(name for bit, name in known[1].items() if found & bit)
