"""`regretcheck bench`: our speed and that of the peers, measured alternately in one run."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.cli.printable import say, write_json
from theory.borders import one_of

if TYPE_CHECKING:
    from paper_checks.bench.row import Settings


DEVICES = ("auto", "cpu", "cuda")
NUMBA = "NUMBA_NUM_THREADS"


def bench_command(
    names: Sequence[str], settings: Settings, *, threads: int, out: Path | None, as_json: bool
) -> int:
    """Measure and show.

    The exit code is 1 if the results of a peer differ from ours or a measurement crashed. A missed goal or a
    peer that is not installed is a finding, not a failure.
    """
    one_of("--device", settings.device, DEVICES)
    if settings.cpu and threads > 1:
        raise ValueError(
            f"`--cpu-time` adds up the time of all threads, `--threads` = {threads} of them; leave one out"
        )
    with limited_threads(threads):
        return _measured(names, settings, threads, out, as_json=as_json)


def _measured(
    names: Sequence[str], settings: Settings, threads: int, out: Path | None, *, as_json: bool
) -> int:
    """Measure and show with the libraries limited already: they are imported here."""
    from paper_checks.bench.registry import choose

    cases = choose(names, settings)
    from online_sim.files import write_bytes
    from paper_checks.bench.measure import Standing, measure
    from paper_checks.bench.record import dumps, file_name, record
    from paper_checks.cli.bench_table import BenchTable
    from paper_checks.cli.run import make_writable

    if out is not None:
        make_writable(out)
    found = []
    table = None if as_json else BenchTable()
    for case in cases:
        measured = measure(case, settings)
        found.append(measured)
        if table is not None:
            table.show(measured)
    options = [*(["--quick"] * settings.quick), *(["--cpu-time"] * settings.cpu), "--threads", str(threads)]
    if settings.device != "auto":
        options += ["--device", settings.device]
    command = shlex.join(["regretcheck", "bench", *names, *options])
    content = record(found, settings, command=command, threads=threads)
    if table is not None:
        table.end(content)
    else:
        write_json(dumps(content))
    if out is not None:
        path = out / file_name(content)
        write_bytes(path, dumps(content))
        say(f"results: {path}", err=True)
    outcomes = [timed.outcome for measured in found for timed in (measured.own, *measured.peers)]
    return int(not {Standing.REFUSED, Standing.CRASHED}.isdisjoint(outcomes))


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    """Tell every numerical library how many threads to use, before it is imported; undone at the end.

    numba reads the number once, when it is imported, and later refuses another one in the environment.
    """
    before, numba = dict(os.environ), sys.modules.get("numba")
    names = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NPROC"]
    os.environ |= dict.fromkeys(names if numba else [*names, NUMBA], str(threads))
    flags = (
        f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    )
    os.environ["XLA_FLAGS"] = f"{flags.strip()} intra_op_parallelism_threads={threads}"
    undone = ExitStack()
    if "torch" in sys.modules:
        torch = sys.modules["torch"]
        undone.callback(torch.set_num_threads, torch.get_num_threads())
        torch.set_num_threads(threads)
    if numba:
        undone.callback(numba.set_num_threads, numba.get_num_threads())
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        with undone:
            yield
    finally:
        kept = {NUMBA} if not numba and "numba" in sys.modules else set()
        for variable in os.environ.keys() - before.keys() - kept:
            del os.environ[variable]
        os.environ |= {name: value for name, value in before.items() if name not in kept}
