"""Coq itself: where it is, and what it says of a file."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

HOW_TO_GET_COQ = (
    "Coq with its library Interval is not here; get both with: apt-get install coq libcoq-interval"
)


@dataclass(frozen=True)
class Compiled:
    """What Coq says of a file.

    Args:
        accepted: whether Coq accepts every proof in it.
        seconds: how long it took.
        output: what Coq printed: the first error of a file that it refuses.
    """

    accepted: bool
    seconds: float
    output: str


def coq_compiler() -> str | None:
    """The path of coqc, or None if it is not installed."""
    return shutil.which("coqc")


def compile_file(path: Path, *, library: str = "", limit: float = 3600.0) -> Compiled:
    """Have Coq check a file; it writes its own files beside it.

    Args:
        path: a `.v` file whose name is an identifier.
        library: the name under which it imports the files beside it, if it does.
        limit: seconds after which it is given up and counts as refused.

    Raises:
        FileNotFoundError: Coq is not installed; the message says how to get it.
    """
    compiler = coq_compiler()
    if compiler is None:
        raise FileNotFoundError(HOW_TO_GET_COQ)
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [compiler, "-q", *(("-Q", ".", library) if library else ()), path.name],
            cwd=path.parent,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Compiled(False, time.perf_counter() - began, f"not done after {limit:g} s")
    output = (done.stdout + done.stderr).strip()
    return Compiled(done.returncode == 0, time.perf_counter() - began, output)
