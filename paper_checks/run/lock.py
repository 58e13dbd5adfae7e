"""One run at a time in a folder: of two that write to it at once, the results of one would be lost."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "running.lock"
PATIENCE = 1.0
"""Seconds to wait for a run that is about to end."""

_HELD: dict[tuple[str, int], int] = {}
"""(folder, thread) -> how often it is held here: a run that calls another one does not wait for itself."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, which is there already.

    The system itself takes the lock from a process that dies, so that none is ever stale. Raises ValueError
    naming the process that works there.
    """
    key = (os.path.realpath(folder), threading.get_ident())
    if key in _HELD:
        yield
        return
    descriptor = _acquire(folder)
    _HELD[key] = descriptor
    try:
        yield
    finally:
        del _HELD[key]
        if descriptor >= 0:
            with suppress(OSError):  # the folder may be gone
                (folder / NAME).unlink()
            os.close(descriptor)


def _acquire(folder: Path) -> int:
    """The descriptor that holds the lock; -1 where the system has no locks for the folder."""
    try:
        import fcntl
    except ImportError:  # a system without them
        return -1
    path = folder / NAME
    end = time.monotonic() + PATIENCE
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _holder(descriptor)
            os.close(descriptor)
            if time.monotonic() > end:
                raise ValueError(
                    f"`--out` = {str(folder)!r} is in use by {who}; wait for its end, or name another folder"
                ) from None
            time.sleep(0.05)
            continue
        except OSError:  # a network folder without locks
            os.close(descriptor)
            return -1
        # Whoever held it before removed the file: then this is a lock on a file that nobody else sees.
        with suppress(OSError):
            if os.fstat(descriptor).st_ino == path.stat().st_ino:
                break
        os.close(descriptor)
    told = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(told).encode(), 0)
    return descriptor


def _holder(descriptor: int) -> str:
    """Who wrote the file, in words."""
    try:
        told = json.loads(os.pread(descriptor, 1 << 16, 0))
        return f"process {int(told['pid'])} on {told['host']} ({' '.join(told['command'])[:200]})"
    except (OSError, ValueError, TypeError, KeyError):
        return "another process"
