"""The result cache: finished tasks in the user's cache folder, for a run into any other folder.

An entry is one file that holds what the task stored, under the same rules as in the folder of a run
(`paper_checks.run.store`). Its name is its address: a digest of the record's key and of what matters here but
not in the folder of one run, such as the processor and the installed libraries. An entry is written to a
temporary file and renamed, so that of two processes the last one wins, and a reader sees one or the other.

Only a complete result is kept: without an error, and with nothing that it read unseen.
"""

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from online_sim.engines.cache_limits import ABANDONED, limit_bytes, sweep
from online_sim.files import write_bytes
from online_sim.inputs import CHANGED, unchanged, unseen
from online_sim.places import cache_folder, private_folder, say_once
from paper_checks.run.here import where_it_runs
from paper_checks.run.own_module import own_module
from paper_checks.run.record import Record
from paper_checks.run.results import runs_of
from paper_checks.run.store import Finished, read_finished, record_name
from paper_checks.run.task import Task

FORMAT = b"regretcheck-result-1"
LIMIT_VARIABLE = "REGRETCHECK_RESULTS_MB"
MEGABYTES = 1000
FOLDER = "results"
SUFFIX = ".result"


@dataclass
class ResultCache:
    """The entries in a folder, and what this run took from them.

    where: a digest of what matters besides the keys. limit: the most bytes to keep. played: the number of
    tasks that were done. reused: the task -> when its result was made. left: the task -> why its result is
    not kept.
    """

    folder: Path
    where: str
    limit: int
    played: int = 0
    reused: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    _fresh: int = 0

    def take(self, task: Task) -> Finished | None:
        """The result that an earlier run made, with rows that say so; None if none may be reused.

        An entry that is damaged is deleted, with a line on the error stream.
        """
        address = self.address_of(task)
        path = self.path_of(address)
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
        address = self.address_of(task)
        content = packed(finished, task.name, address)
        try:
            write_bytes(self.path_of(address), content, mode=0o600)
        except OSError as error:
            say_once("unkept results", f"results are not kept for later runs: {error}")
        self._fresh += len(content)
        if self._fresh > self.limit // 8:  # a long sweep must not exceed the limit by much
            self.shrink()

    def shrink(self) -> None:
        """Delete the entries that were not used for longest until the limit holds."""
        shrink(self.folder, self.limit)
        self._fresh = 0

    def address_of(self, task: Task) -> str:
        """The name of a task's entry: a digest of everything that its result depends on."""
        # What the code of a theory file finds depends on where it looks.
        search = [os.getcwd(), *sys.path] if task.foreign else []
        return hashlib.sha256(json.dumps([self.where, task.key, search]).encode()).hexdigest()

    def path_of(self, address: str) -> Path:
        """The file of an entry."""
        return self.folder / f"{address}{SUFFIX}"


def open_cache(files: Iterable[Path] = ()) -> ResultCache | None:
    """The user's result cache; None if its limit is 0 or its folder cannot be written.

    files: the theory files of this command. Each may change what the others find, and even this package, so
    that a result is reused only beside the same ones. Raises ValueError if the limit is not a number.
    """
    limit = limit_bytes(LIMIT_VARIABLE, MEGABYTES)
    if not limit:
        return None
    try:
        folder = results_folder()
    except OSError as error:
        say_once("no results", f"results are not kept for later runs: {error}")
        return None
    beside = {str(path): dict(own_module(path).made_from) for path in sorted(set(files))}
    where = hashlib.sha256(json.dumps([where_it_runs(), beside], sort_keys=True).encode()).hexdigest()
    return ResultCache(folder, where, limit)


def why_not(record: Record) -> str | None:
    """Why a result is not kept, as a clause; None if it is complete and everything that it read was noted."""
    if record.crashed or record.ended:
        return "it ended in an error"
    if record.notes:
        return record.notes[0]
    # A sum may be added in another order on a device, or with other threads.
    if any(row.played.engine.startswith("torch") for row in record.results):
        return "torch plays it"
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


def entries(folder: Path) -> list[tuple[Path, int]]:
    """The entries in a folder, each with its size in bytes, the least recently used first."""
    found = []
    with suppress(OSError):
        for path in folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):  # another process deleted it
                found.append((path, path.lstat()))
    return [(path, stat.st_size) for path, stat in sorted(found, key=lambda entry: entry[1].st_mtime)]


def shrink(folder: Path, limit: int) -> int:
    """Delete the entries that were not used for longest until the limit holds; return their number."""
    sweep(folder, before=time.time() - ABANDONED)
    there = entries(folder)
    size, gone = sum(size for _, size in there), 0
    for path, own in there:
        if size <= limit:
            break
        with suppress(OSError):  # another process deleted it
            path.unlink()
        size, gone = size - own, gone + 1
    return gone


def results_folder() -> Path:
    """The folder of the entries, created if necessary; OSError if it cannot be written."""
    return private_folder(cache_folder() / FOLDER)


def told(cache: ResultCache, total: int) -> str | None:
    """One line on what was played and what was reused; None if nothing was reused."""
    if not cache.reused:
        return None
    return (
        f"{cache.played} of {total} played, {len(cache.reused)} reused from "
        f"{runs_of(cache.reused.values())}; --no-cache plays all"
    )
