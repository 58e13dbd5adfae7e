"""The result cache: finished tasks in the user's cache folder, for a run into any other folder.

An entry is one file that holds what the task stored, under the same rules as in the folder of a run
(`paper_checks.run.store`). Its name is its address: a digest of the record's key and of what matters here but
not in the folder of one run, such as the processor and the installed libraries. An entry is written to a
temporary file and renamed, so that of two processes the last one wins, and a reader sees one or the other.

Only a complete result is kept: without an error, and with nothing that it read unseen.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from online_sim.files import write_bytes
from online_sim.inputs import CHANGED, unchanged, unseen
from online_sim.places import cache_folder, private_folder, say_once
from paper_checks.run.here import where_it_runs
from paper_checks.run.record import Record
from paper_checks.run.store import Finished, read_finished, record_name

if TYPE_CHECKING:
    from paper_checks.run.tasks import Task

FORMAT = b"regretcheck-result-1"
LIMIT_VARIABLE = "REGRETCHECK_RESULTS_MB"
MEGABYTES = 1000
FOLDER = "results"
SUFFIX = ".result"


@dataclass
class ResultCache:
    """The entries in a folder, and what this run took from them.

    where: a digest of what matters besides the keys. limit: the most bytes to keep. reused: the task -> when
    its result was made. left: the task -> why its result is not kept.
    """

    folder: Path
    where: str
    limit: int
    reused: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)

    def take(self, task: Task) -> Finished | None:
        """The result that an earlier run made, with rows that say so; None if none may be reused.

        An entry that is damaged is deleted, with a line on the error stream.
        """
        address = self._address(task)
        path = self._path(address)
        try:
            found = unpacked(path.read_bytes(), task.name, address)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            sys.stderr.write(
                f"regretcheck: the kept result of {task.name} is not used ({error}); it is made again\n"
            )
            with suppress(OSError):
                path.unlink()
            return None
        record = found.record
        whole = found.files.keys() >= set(task.files) and why_not(record) is None
        if not whole or not unchanged(record.inputs):
            return None
        with suppress(OSError):  # mark as used: the least recently used is deleted first
            os.utime(path)
        self.reused[task.name] = record.made
        rows = tuple(replace(row, reused=record.made) for row in record.results)
        return replace(found, record=replace(record, key=task.key, results=rows))

    def keep(self, task: Task, finished: Finished) -> None:
        """Keep a result for later runs, unless something that it read cannot be seen."""
        reason = "it crashed" if not finished.keep else why_not(finished.record)
        if reason is not None:
            self.left[task.name] = reason
            return
        address = self._address(task)
        try:
            write_bytes(self._path(address), packed(finished, task.name, address), mode=0o600)
        except OSError as error:
            say_once("unkept results", f"results are not kept for later runs: {error}")

    def shrink(self) -> None:
        """Delete the entries that were not used for longest until the limit holds."""
        there = entries(self.folder)
        size = sum(entry.size for entry in there)
        for entry in there:
            if size <= self.limit:
                return
            with suppress(OSError):  # another process deleted it
                entry.path.unlink()
            size -= entry.size

    def _address(self, task: Task) -> str:
        # What the code of a theory file finds depends on where it looks.
        search = [os.getcwd(), *sys.path] if task.foreign else []
        return hashlib.sha256(json.dumps([self.where, task.key, search]).encode()).hexdigest()

    def _path(self, address: str) -> Path:
        return self.folder / f"{address}{SUFFIX}"


def open_cache() -> ResultCache | None:
    """The user's result cache; None if its limit is 0 or its folder cannot be written.

    Raises ValueError if the limit is not a number.
    """
    limit = limit_bytes()
    if not limit:
        return None
    try:
        folder = private_folder(cache_folder() / FOLDER)
    except OSError as error:
        say_once("no results", f"results are not kept for later runs: {error}")
        return None
    return ResultCache(folder, where_it_runs(), limit)


def why_not(record: Record) -> str | None:
    """Why a result is not kept, as a clause; None if it is complete and everything that it read was noted."""
    if record.crashed or record.ended:
        return "it ended in an error"
    if record.notes:
        return record.notes[0]
    hidden = unseen(record.inputs)
    if hidden:
        return hidden[0]
    changing = [path for path, digest in record.inputs.items() if digest == CHANGED]
    return f"{changing[0]} changed while it was read" if changing else None


def packed(finished: Finished, name: str, address: str) -> bytes:
    """The content of an entry: its format, the digest of the rest, and the files that the task stored."""
    record = replace(finished.record, key=address)
    files = {record_name(name): record.dumps(), **finished.files}
    sizes = json.dumps({path: len(content) for path, content in files.items()}).encode()
    body = zlib.compress(b"\n".join([sizes, b"".join(files.values())]), 1)
    return b"\n".join([FORMAT, hashlib.sha256(body).hexdigest().encode(), body])


def unpacked(content: bytes, name: str, address: str) -> Finished:
    """What `packed` made of the task and address, complete and unchanged; ValueError for anything else."""
    form, digest, body = (*content.split(b"\n", 2), b"", b"")[:3]
    if form != FORMAT:
        raise ValueError("it is not of this format")
    if digest != hashlib.sha256(body).hexdigest().encode():
        raise ValueError("it was cut or changed after it was written")
    try:
        sizes, _, rest = zlib.decompress(body).partition(b"\n")
        files: dict[str, bytes] = {}
        for path, size in json.loads(sizes).items():
            files[path], rest = rest[:size], rest[size:]
        found = read_finished(files.__getitem__, name)
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not a result of this task: {error}") from None
    if found.record.key != address or not all(map(_is_output, found.files)):
        raise ValueError("it is not a result of this task")
    return found


def _is_output(path: str) -> bool:
    """Whether a path lies where tasks write, so that an entry cannot write elsewhere."""
    return path.startswith(("traces/", "plots/")) and ".." not in path.split("/")


@dataclass(frozen=True)
class Entry:
    """A kept result: its file, its size in bytes, and the time of its last use."""

    path: Path
    size: int
    used: float


def entries(folder: Path) -> list[Entry]:
    """The entries in a folder, the least recently used first."""
    found = []
    with suppress(OSError):
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another process deleted it
                stat = path.lstat()
                found.append(Entry(path, stat.st_size, stat.st_mtime))
    return sorted(found, key=lambda entry: entry.used)


def clear(folder: Path) -> int:
    """Delete all entries in a folder; return their number."""
    there = entries(folder)
    for entry in there:
        with suppress(OSError):
            entry.path.unlink()
    return len(there)


def limit_bytes() -> int:
    """The most bytes to keep; ValueError if the user's value is not a number."""
    said = os.environ.get(LIMIT_VARIABLE)
    try:
        megabytes = float(said) if said else float(MEGABYTES)
    except ValueError:
        megabytes = -1.0
    if not 0 <= megabytes <= 1e9:
        raise ValueError(f"`{LIMIT_VARIABLE}` = {said!r} must be a number of megabytes, such as {MEGABYTES}")
    return int(megabytes * 1e6)


def told(cache: ResultCache, total: int) -> str | None:
    """One line on what was played and what was reused; None if nothing was reused."""
    if not cache.reused:
        return None
    return (
        f"{total - len(cache.reused)} of {total} played, {len(cache.reused)} reused from "
        f"{period(cache.reused.values())}; --no-cache plays all"
    )


def period(made: Iterable[str]) -> str:
    """The runs that made results, in words: by their time, or by the first and the last."""
    times = sorted(made)
    return f"a run of {times[0]}" if times[0] == times[-1] else f"runs of {times[0]} to {times[-1]}"
