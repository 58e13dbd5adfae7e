"""Run Python code in a process of its own that need not import the package first.

An interpreter that imports sympy, numba and matplotlib needs two seconds; a copy of one that has them needs
a few milliseconds. Tests about starting up, signals or killed processes start a real interpreter instead.
"""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import Any, Self

SERVER = Path(__file__).with_name("warm_server.py")
MAIN = "import sys; from paper_checks.cli.main import main; sys.exit(main())"
"""The command line."""


class Warm:
    """A process with the package imported; each `run` happens in a copy of it."""

    errors = False
    """Whether warnings are errors in the copies, as by `python -W error`; they are while it is warmed up."""

    def __init__(self) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(SERVER)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **threads},
        )  # fmt: skip

    def strict(self) -> Self:
        """The same process, whose copies treat warnings as errors."""
        other = copy(self)
        other.errors = True
        return other

    def run(
        self,
        code: str,
        *words: str,
        cwd: str | Path | None = None,
        environment: Mapping[str, str] | None = None,
        timeout: float = 600.0,
    ) -> subprocess.CompletedProcess[bytes]:
        """What `python -c code words...` would give.

        cwd: the working folder, by default this process's; environment: all of it, by default this process's.
        Raises TimeoutError after `timeout` seconds; this object is then of no more use.
        """
        with tempfile.TemporaryDirectory() as folder:
            files = {name: Path(folder) / name for name in ("stdout", "stderr")}
            request = {
                "code": code, "words": words, "errors": self.errors, "cwd": str(cwd or Path.cwd()),
                "environment": dict(os.environ if environment is None else environment),
                **{name: str(path) for name, path in files.items()},
            }  # fmt: skip
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], timeout)[0]:
                self.process.kill()
                raise TimeoutError(f"{words} took more than {timeout} s")
            answer = self.process.stdout.readline()
            assert answer, "the warm process has ended; its error is above"
            out, error = (path.read_bytes() if path.exists() else b"" for path in files.values())
        return subprocess.CompletedProcess([sys.executable, "-c", code, *words], int(answer), out, error)

    def text(self, code: str, *words: str, **how: Any) -> subprocess.CompletedProcess[str]:
        """As `run`, with the output as text."""
        done = self.run(code, *words, **how)
        out, error = done.stdout.decode(), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, out, error)

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
