"""The main job, one small scenario and the report as whole processes, measured where a name asks for them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from weakref import finalize

from paper_checks.bench.row import Answer, BenchRow, Call, Case, Contender, Goal, Settings

PROGRAM = "import sys; from paper_checks.cli.main import main; sys.exit(main())"
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NPROC",
    "XLA_FLAGS",
)
"""What `--threads` sets for the contenders of this process; the job divides the processors by itself."""


class Failed(RuntimeError):
    """A process that should have ended well."""


def command_line(words: Sequence[str], folder: Path, *, cold: bool = False) -> None:
    """Run `regretcheck` with these words in a folder; cold: with an empty cache there. Failed otherwise."""
    environment = {key: value for key, value in os.environ.items() if key not in THREADS}
    if cold:
        environment["REGRETCHECK_CACHE"] = str(folder / "cache")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise Failed(f"`regretcheck {' '.join(words)}` ended with {done.returncode}: {' '.join(last)}")


def _warm(words: Sequence[str], _: int) -> Call:
    """With what the user's cache holds after a run before."""
    call = _in_a_folder(words, cold=False)
    call()
    return call


def _cold(words: Sequence[str], _: int) -> Call:
    """With an empty cache each time."""
    return _in_a_folder(words, cold=True)


def _in_a_folder(words: Sequence[str], *, cold: bool) -> Call:
    def call() -> Answer:
        with TemporaryDirectory(prefix="regretcheck-bench-") as folder:
            command_line(words, Path(folder), cold=cold)
        return {}

    return call


def _report(_: int) -> Call:
    """The report of a run before, whose folder lives as long as the call."""
    folder = Path(mkdtemp(prefix="regretcheck-bench-"))

    def call() -> Answer:
        command_line(("report", "out"), folder)
        return {}

    finalize(call, rmtree, folder, ignore_errors=True)
    command_line(("run", "--out", "out"), folder)
    return call


def cases(_: Settings) -> Sequence[Case]:
    """The main job warm and cold, its report, and one small scenario warm and cold."""
    whole, one = ("run", "--no-cache", "--out", "out"), ("run", "one_round", "--no-cache", "--out", "out")
    job, small = "the paper's check", "regretcheck run one_round"
    return [
        _case("main.warm", f"{job}, kernels compiled before", partial(_warm, whole), 25.0, once=True),
        _case("main.cold", f"{job}, nothing compiled", partial(_cold, whole), 60.0, once=True),
        _case("main.report", f"the report of {job}, written again", _report, None),
        _case("main.one_round.warm", f"{small}, kernels compiled before", partial(_warm, one), 1.5),
        _case("main.one_round.cold", f"{small}, nothing compiled", partial(_cold, one), 2.0),
    ]


def _case(
    identifier: str, title: str, prepare: Callable[[int], Call], most: float | None, *, once: bool = False
) -> Case:
    return Case(
        identifier, title, "process", Contender("regretcheck", prepare, 1), check=1,
        goal=None if most is None else Goal(below=most), named_only=True, once=once, wall=True,
    )  # fmt: skip


ROW = BenchRow("main", "the main job as whole processes", cases)
