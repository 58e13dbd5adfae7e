"""A piece of work of a run, and how it reports its progress."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from paper_checks.run.record import Record
from paper_checks.run.store import Finished


class Progress:
    """The progress reports of a run; this class ignores them."""

    def begin(self, total: int, resumed: Sequence[str]) -> None:
        """`total` tasks were chosen; those in `resumed` are finished already."""

    def rounds(self, scenario: str, done: int, horizon: int) -> None:
        """A game in this process has played `done` of its rounds."""

    def finish(self, name: str, record: Record) -> None:
        """A task ended, successfully or in an error."""


@dataclass(frozen=True)
class Task:
    """One piece of work. name: of its record's file. key: a digest of what is known before it begins.

    work: does the task and reports its rounds; it may be sent to another process and turns every error into a
    record. lost: makes the record of a lost task. files: the files that a finished task must have written.
    foreign: whether the code of a theory file runs in it. rounds: how many rounds it plays; infinite if that
    is not known. modules: what it imports in any case.
    """

    name: str
    key: str
    work: Callable[[Progress], Finished]
    lost: Callable[[str], Record]
    files: tuple[str, ...] = ()
    foreign: bool = False
    rounds: float = math.inf
    modules: tuple[str, ...] = ()
