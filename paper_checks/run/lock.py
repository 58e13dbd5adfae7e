"""One run at a time in a folder: if two wrote to it at once, one would lose its results."""

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
"""(folder, thread) -> how often this process holds it, so that a nested run does not wait for itself."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of an existing folder.

    The system releases the lock of a process that dies, so a lock is never stale. Raises ValueError naming
    the process that works there.
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
            with suppress(OSError):  # the folder may have been deleted
                (folder / NAME).unlink()
            os.close(descriptor)


def _acquire(folder: Path) -> int:
    """The descriptor that holds the lock; -1 if the system cannot lock the folder."""
    try:
        import fcntl
    except ImportError:  # a system without file locks
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
        # The previous holder removed the file: this lock is on a file that no other process sees.
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
    """The process that wrote the file, in words."""
    try:
        told = json.loads(os.pread(descriptor, 1 << 16, 0))
        return f"process {int(told['pid'])} on {told['host']} ({' '.join(told['command'])[:200]})"
    except (OSError, ValueError, TypeError, KeyError):
        return "another process"
