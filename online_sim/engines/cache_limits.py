"""Limits on the generated and compiled code kept on disk; the least recently used is deleted first.

Only files with the package's own name patterns are counted or deleted, because the user may keep other files
in the same folder.
"""

import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from online_sim.places import COMPILED

LIMIT_VARIABLE = "REGRETCHECK_CACHE_MB"
MEGABYTES = 500
KERNELS = 2000
EVERY = 64
"""The number of new kernels between checks of the folder size; the first kernel triggers the first check."""
ABANDONED = 3600
"""The age in seconds from which a temporary file is taken to be left by a killed process."""
FOREIGN = ("matplotlib", "torchinductor")
"""The subfolders that are lent to other libraries."""

# A source, or what the compiler keeps of it: NAME.py, NAME.FUNCTION-LINE-sDIGEST.pyVERSION.{nbi,HASH.nbc}.
_SOURCE = re.compile(r"(regretcheck_[a-z]+_[0-9a-f]{20})\.py")
_COMPILED = re.compile(r"(\w+)\.[\w.]+-\d+-s[0-9a-f]{12}\.py\w+(?:\.[0-9a-f]{16})?\.nb[ic]")
_TEMPORARY = re.compile(r"\.(?:.+)\.[0-9a-f]{12}\.tmp")


@dataclass(frozen=True)
class Kernel:
    """The files of one kernel, their total size in bytes, and the time of its last use."""

    name: str
    files: tuple[Path, ...]
    size: int
    used: float


def kernels(folder: Path) -> list[Kernel]:
    """The kernels in a folder, the least recently used first."""
    found: dict[str, dict[Path, os.stat_result]] = {}
    for place, pattern in ((folder, _SOURCE), (folder / COMPILED, _COMPILED)):
        for path in _files(place):
            if match := pattern.fullmatch(path.name):
                with suppress(OSError):  # another process deleted it
                    found.setdefault(match[1], {})[path] = path.lstat()
    every = [
        Kernel(name, tuple(files), sum(s.st_size for s in stats), max(s.st_mtime for s in stats))
        for name, files in found.items()
        if (stats := files.values())
    ]
    return sorted(every, key=lambda kernel: kernel.used)


def limit_bytes(variable: str = LIMIT_VARIABLE, usual: int = MEGABYTES) -> int:
    """The maximum number of bytes to keep; ValueError if the user's value is not a number.

    variable: the environment variable with the number of megabytes; usual: the number if it is not set.
    """
    said = os.environ.get(variable)
    try:
        megabytes = float(said) if said else float(usual)
    except ValueError:
        megabytes = -1.0
    if not 0 <= megabytes <= 1e9:
        raise ValueError(f"`{variable}` = {said!r} must be a number of megabytes, such as {usual}")
    return int(megabytes * 1e6)


def shrink(folder: Path) -> int:
    """Delete the least recently used kernels until the limits hold; return the number deleted."""
    sweep(folder, folder / COMPILED, before=time.time() - ABANDONED)
    limit = limit_bytes()
    there = kernels(folder)
    size, left, gone = sum(k.size for k in there), len(there), 0
    for kernel in there:
        if size <= limit and left <= KERNELS:
            break
        _delete(kernel.files)
        size, left, gone = size - kernel.size, left - 1, gone + 1
    return gone


def clear(folder: Path) -> int:
    """Delete all of the package's files in a folder; return the number of kernels deleted."""
    there = kernels(folder)
    for kernel in there:
        _delete(kernel.files)
    sweep(folder, folder / COMPILED, before=float("inf"))
    for name in FOREIGN:
        if not (folder / name).is_symlink():
            shutil.rmtree(folder / name, ignore_errors=True)
    return len(there)


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def sweep(*folders: Path, before: float) -> None:
    """Delete abandoned temporary files that were last written before a time."""
    for path in [path for folder in folders for path in _files(folder)]:
        with suppress(OSError):
            if _TEMPORARY.fullmatch(path.name) and path.lstat().st_mtime < before:
                path.unlink()


def _delete(files: tuple[Path, ...]) -> None:
    for path in files:
        with suppress(OSError):
            path.unlink()
