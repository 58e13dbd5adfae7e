"""One task at a time with one BLAS thread, so that sums have the same order in every process."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

OPENBLAS = "OPENBLAS_NUM_THREADS"
_ONE_AT_A_TIME = Lock()
"""The lock that lets a worker with several threads play one game at a time (global sympy and BLAS state)."""


def alone(call: Callable[[], Any]) -> Any:
    """The return value of a call with one BLAS thread."""
    import numpy as np  # noqa: F401  # a BLAS must be loaded before it can be told

    with _ONE_AT_A_TIME, _told_when_loaded(), _LOADED.controller().limit(limits=1, user_api="blas"):
        return call()


class _Loaded:
    """The BLAS libraries of this process. Finding them takes milliseconds: as long as a short task."""

    def __init__(self) -> None:
        self._modules: tuple[str, ...] = ()
        self._found: Any = None

    def controller(self) -> Any:
        """What sets their threads; looked for again once a module was imported, which may load one."""
        from threadpoolctl import ThreadpoolController

        modules = tuple(sys.modules)
        if modules != self._modules:
            self._modules, self._found = modules, ThreadpoolController()
        return self._found


_LOADED = _Loaded()


@contextmanager
def _told_when_loaded() -> Iterator[None]:
    """Let the BLAS that scipy brings start with one thread; importing scipy only for that takes long."""
    before = os.environ.get(OPENBLAS)
    os.environ[OPENBLAS] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[OPENBLAS]
        else:
            os.environ[OPENBLAS] = before
