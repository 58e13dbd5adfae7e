"""`regretcheck bench`: our speed and that of the peers, measured alternately in one run."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paper_checks.cli.printable import say, write_json
from theory.borders import one_of

if TYPE_CHECKING:
    from paper_checks.bench.row import Settings


DEVICES = ("auto", "cpu", "cuda")


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
    limit_threads(threads)
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


def limit_threads(threads: int) -> None:
    """Tell every numerical library how many threads to use; call this before importing them."""
    for variable in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "NPROC",
    ):
        os.environ[variable] = str(threads)
    flags = (
        f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    )
    os.environ["XLA_FLAGS"] = f"{flags.strip()} intra_op_parallelism_threads={threads}"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(threads)
