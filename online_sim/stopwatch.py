"""Where the time goes: a stopwatch with named stages.

A stage that begins inside another one interrupts it, so every second belongs to one stage and the stages add
up. `stage` marks the stages where they are; without a running stopwatch it does nothing.
"""

import builtins
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import Enum
from typing import Any, final


class Stage(Enum):
    """What a run spends its time on; the value is the name to show."""

    IMPORTS = "importing modules"
    CHOOSING = "finding what to run"
    KERNELS = "printing and compiling kernels"
    PLAYING = "playing"
    PROJECTIONS = "projecting by a solver"
    REGRET = "regret and comparators"
    BOUNDS = "bounds and verdicts"
    AUDITS = "audits of proofs"
    CERTIFICATES = "replaying certificates"
    CLAIMS = "other claims"
    PLOTS = "plots"
    WRITING = "report and files"
    OTHER = "setting games up, and all else"


@final
@dataclass(frozen=True)
class Spent:
    """Seconds: cpu, of all threads of this process; wall, by the clock."""

    cpu: float = 0.0
    wall: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.cpu + other.cpu, self.wall + other.wall)


Times = Mapping[Stage, Spent]


@final
class Stopwatch:
    """The time spent in each stage so far.

    spent: of the stages that have ended or were interrupted.
    """

    def __init__(self) -> None:
        self.spent: dict[Stage, Spent] = {}
        self._stages: list[Stage] = []
        self._cpu = self._wall = 0.0

    @contextmanager
    def stage(self, name: Stage) -> Iterator[None]:
        """Count the time inside for a stage, and not for the stage around it."""
        self._switch()
        self._stages.append(name)
        try:
            yield
        finally:
            self._switch()
            self._stages.pop()

    def is_in(self, name: Stage) -> bool:
        """Whether the innermost stage is this one."""
        return self._stages[-1:] == [name]

    def _switch(self) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        if self._stages:
            name = self._stages[-1]
            self.spent[name] = self.spent.get(name, Spent()) + Spent(cpu - self._cpu, wall - self._wall)
        self._cpu, self._wall = cpu, wall


_RUNNING: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


@contextmanager
def stage(name: Stage) -> Iterator[None]:
    """Count the time inside for a stage of the stopwatch that is running, if one is."""
    watch = _RUNNING.get()
    if watch is None:
        yield
    else:
        with watch.stage(name):
            yield


@contextmanager
def timing() -> Iterator[Stopwatch]:
    """A stopwatch that runs in this context, in place of an outer one; it counts imports as a stage."""
    watch = Stopwatch()
    token, load = _RUNNING.set(watch), builtins.__import__

    def timed(
        name: str, names: Any = None, local: Any = None, fromlist: Sequence[str] = (), level: int = 0
    ) -> Any:
        if level or watch.is_in(Stage.IMPORTS) or _RUNNING.get() is not watch or _is_there(name, fromlist):
            return load(name, names, local, fromlist, level)
        with watch.stage(Stage.IMPORTS):
            return load(name, names, local, fromlist, level)

    builtins.__import__ = timed  # type: ignore[assignment]  # the stub names each type
    try:
        yield watch
    finally:
        builtins.__import__ = load
        _RUNNING.reset(token)


def _is_there(name: str, fromlist: Sequence[str] | None) -> bool:
    """Whether a module is loaded, with all that is imported from it."""
    module = sys.modules.get(name)
    return module is not None and all(part in vars(module) for part in fromlist or ())
