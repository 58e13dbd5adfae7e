"""Commands of a page, run while the site is built and by the tests."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

SECONDS = 300
"""The time after which a command of a page is taken to hang; on an idle machine each takes a few seconds."""
_PROGRAM = "from paper_checks.cli.main import main; raise SystemExit(main())"


def run_command(command: str, folder: Path) -> tuple[str, int]:
    """What a command of the package prints on its two streams, and its exit code.

    Args:
        command: a line that begins with `regretcheck`.
        folder: the folder in which it runs.

    Raises:
        ValueError: it is another program's command.
    """
    name, *words = shlex.split(command)
    if name != "regretcheck":
        raise ValueError(f"`command` = {command!r} must begin with regretcheck")
    surroundings = {**os.environ, "COLUMNS": "90", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words],
        cwd=folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.stdout, done.returncode
