"""Tasks of a run: each runs in any process, is stored on disk at once, and is never repeated."""

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from importlib import import_module
from itertools import zip_longest
from pathlib import Path

from online_sim.files import write_bytes
from online_sim.inputs import program_digest
from online_sim.noting import recording
from online_sim.stopwatch import Stage, stage, timing
from paper_checks.run.guard import limit, limited
from paper_checks.run.lock import locked
from paper_checks.run.one_thread import alone
from paper_checks.run.plain_streams import plain_streams
from paper_checks.run.pool import Lost, open_pool
from paper_checks.run.profile import Profile
from paper_checks.run.record import Record
from paper_checks.run.result_cache import ResultCache
from paper_checks.run.store import Finished, crash_path, record_path, stored_record
from paper_checks.run.task import Progress, Task


def run_tasks(
    tasks: Sequence[Task],
    *,
    out: Path | None = None,
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
    progress: Progress | None = None,
    resume: bool = False,
    cache: ResultCache | None = None,
    timeout: float | None = None,
    profile: Profile | None = None,
) -> list[Record]:
    """Run every task and return the records, in order.

    out: the folder for records and files (None: nothing is written). Only this process writes there, each
    task as soon as it is finished, so that workers need no shared folder and an interrupt loses only running
    tasks. No other run may use the folder meanwhile. jobs, backend, scheduler: as in `open_pool`. resume:
    reuse the records in `out` that would come out the same (`stored_record`). cache: reuse what other runs
    kept there, and keep what is done now. timeout: seconds for each task. profile: gets
    the times of each task that is done. Raises ValueError for wrong input,
    OSError when `out` cannot be written.
    """
    timeout = limit() if timeout is None else timeout
    progress, timed = progress or Progress(), profile is not None
    if resume and out is None:
        raise ValueError("`resume` needs the folder `out` of the earlier run")
    if cache is not None and out is None:
        raise ValueError("`cache` holds what a run writes; give the folder `out`")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    with nullcontext() if out is None else locked(out):
        done = _stored(tasks, out) if resume and out is not None else {}
        if cache is not None and out is not None:
            done |= _taken(tasks, out, cache, done)
        progress.begin(len(tasks), [tasks[number].name for number in done])
        waiting = [number for number in range(len(tasks)) if number not in done]
        # The shortest come last, so that all processes end at about the same time.
        waiting.sort(key=lambda number: -tasks[number].rounds)

        @stage(Stage.WRITING)
        def finish(number: int, finished: Finished) -> None:
            if profile is not None:
                profile.tasks[tasks[number].name] = finished.spent
            if out is not None:
                finished = _keep(out, tasks[number].name, finished)
            if cache is not None:
                cache.played += 1
                if scheduler is None:  # a cluster may have other machines
                    cache.keep(tasks[number], finished)
            done[number] = finished.record
            progress.finish(tasks[number].name, finished.record)

        # A single task runs here, where its rounds can be shown.
        few = min(jobs, max(1, len(waiting))) if backend == "loky" else jobs
        with open_pool(backend, few, scheduler=scheduler) as pool:
            if pool is None:
                for number in waiting:
                    finish(number, alone(partial(_recorded, tasks[number], progress, timeout, timed)))
            else:
                # Processes started here have this process's files; those of a cluster may have others.
                program = None if scheduler is None else program_digest()
                waiting = apart(waiting, known=lambda number: tasks[number].rounds < math.inf)
                calls = [partial(_elsewhere, tasks[number], program, timeout, timed) for number in waiting]
                for place, value in pool.results(calls):
                    task = tasks[waiting[place]]
                    if isinstance(value, Lost):
                        # A worker that dies on a theory file every time was most likely ended by it.
                        gone = task.lost(f"{value.reason}; `--resume` tries it again")
                        value = Finished(replace(gone, ended=task.foreign), keep=False)
                    finish(waiting[place], value)
        if cache is not None:
            cache.shrink()
        return [done[number] for number in range(len(tasks))]


def apart(numbers: Sequence[int], *, known: Callable[[int], bool]) -> list[int]:
    """The numbers with neighbours moved apart, up to the first whose length is known, and then the rest.

    Neighbours are often games of one algorithm on one set. Begun at once, two processes would both compile
    what they share; begun one after the other, the second finds it compiled.
    """
    end = next((k for k, number in enumerate(numbers) if known(number)), len(numbers))
    half = -(-end // 2)
    first, second = numbers[:half], numbers[half:end]
    pairs = zip_longest(first, second)
    return [number for pair in pairs for number in pair if number is not None] + list(numbers[end:])


def _stored(tasks: Sequence[Task], out: Path) -> dict[int, Record]:
    """The records that an earlier run stored, by the indices of their tasks."""
    found = {n: stored_record(out, task.name, task.key) for n, task in enumerate(tasks)}
    return {n: old for n, old in found.items() if old and old.files.keys() >= set(tasks[n].files)}


def _taken(
    tasks: Sequence[Task], out: Path, cache: ResultCache, done: Mapping[int, Record]
) -> dict[int, Record]:
    """The records of earlier runs that the cache holds, by the indices of their tasks, written to `out`."""
    waiting = [(number, task) for number, task in enumerate(tasks) if number not in done]
    found = ((number, task, cache.take(task)) for number, task in waiting)
    return {number: _keep(out, task.name, old).record for number, task, old in found if old is not None}


def _recorded(task: Task, progress: Progress, timeout: float | None, timed: bool) -> Finished:
    """Run a task and note what it read; timed: and where its time went."""
    if timed:
        with timing() as watch, watch.stage(Stage.OTHER):
            finished = _recorded(task, progress, timeout, timed=False)
        return replace(finished, spent=watch.spent)
    # Python keeps no compiled code of what is imported during a recording.
    for name in task.modules:
        import_module(name)
    with recording() as seen, limited(timeout):
        finished = task.work(progress)
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return replace(finished, record=replace(finished.record, inputs=seen.inputs, made=made))


def _elsewhere(task: Task, program: str | None, timeout: float | None, timed: bool) -> Finished:
    """Run a task in a worker; do nothing if the worker runs other code than `program`."""
    if program is not None and program_digest() != program:
        reason = "the worker runs other code or other versions than the run; install the same there"
        return Finished(task.lost(reason), keep=False)
    with plain_streams():  # a worker prints to the same terminal
        return _recorded(task, Progress(), timeout, timed)


def _keep(out: Path, name: str, finished: Finished) -> Finished:
    """Write the files and then the record: if the record exists, the files are complete."""
    written = {path: sha256(content).hexdigest() for path, content in finished.files.items()}
    finished = replace(finished, record=replace(finished.record, files=written))
    # An older record would vouch for files that it no longer describes.
    record_path(out, name).unlink(missing_ok=True)
    for path, content in finished.files.items():
        write_bytes(out / path, content)
    if finished.keep:
        write_bytes(record_path(out, name), finished.record.dumps())
        crash_path(out, name).unlink(missing_ok=True)
    return finished
