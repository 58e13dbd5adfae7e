"""A row of the benchmark: our code, the peers that do the same work, the floor, and the goals.

Times are seconds for one unit of work (a round, a coordinate, ...); `Case.unit` says which. A ratio is the
peer's time over ours: 15 means that we take a fifteenth of its time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]
"""The results of a call by name, arrays or numbers, with the same names for all contenders of a case."""

Call = Callable[[], Answer]
"""One piece of work. If starting over would take much of the time, it may continue where the last call ended;
only the first results are compared."""


class Unavailable(Exception):
    """A contender cannot run here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    quick: the smallest sizes and few repeats, no goal judged. device: "auto", "cpu" or "cuda". repeats: timed
    calls of each contender. seconds: the approximate time limit of a case, after three repeats. cpu: measure
    the processors' time, ours and that of finished processes of ours, which waiting for others does not
    lengthen; for contenders of one thread.
    """

    quick: bool = False
    device: str = "auto"
    repeats: int = 15
    seconds: float = 6.0
    cpu: bool = False


@dataclass(frozen=True)
class Goal:
    """A goal for our code: exactly one of the three.

    faster: the peer takes at least this many times our time. within: we take at most this many times the
    peer's time. below: we take at most this many seconds per unit, whatever the peer takes.
    """

    faster: float | None = None
    within: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if sum(limit is not None for limit in (self.faster, self.within, self.below)) != 1:
            raise ValueError(f"{self} must have exactly one of `faster`, `within` and `below`")

    def met(self, ours: float, other: float) -> bool:
        """Whether our seconds per unit meet the goal, given the peer's."""
        if self.faster is not None:
            return other >= self.faster * ours
        if self.within is not None:
            return ours <= self.within * other
        return self.below is not None and ours <= self.below


@dataclass(frozen=True)
class Contender:
    """A tool that can do the work.

    prepare: `prepare(size)` does all one-time work (imports, compilation, data) and returns the call; it
    raises `Unavailable` if it cannot. size: the amount of work of a timed call, in the measure of the case
    (rounds, repetitions). needs: modules that must be installed.
    """

    name: str
    prepare: Callable[[int], Call]
    size: int
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Peer:
    """A contender to compare with ours.

    goal: None if the ratio is only reported. tolerance: the largest difference from our results due to
    rounding (or a solver's accuracy), relative to the largest number of each result; None for a floor, which
    does less than the work and is not compared. like: the contender whose results it must match, ours by
    default. note: what a reader should know.
    """

    contender: Contender
    goal: Goal | None = None
    tolerance: float | None = 1e-12
    like: Contender | None = None
    note: str = ""

    @property
    def is_floor(self) -> bool:
        """Whether it is a limit of the machine, not a tool that does the work."""
        return self.tolerance is None


@dataclass(frozen=True)
class Case:
    """One line of the benchmark: our code against all peers on the same work.

    id: such as ``round.100``. unit: the unit of work that times refer to, such as "round". scale: units of
    work in one step of `size`. check: the size at which results are compared. goal: for our time alone.
    named_only: whether it is measured only where a name asks for it, because it takes minutes. once: whether
    one call is timed, the first: of work that takes so long that nothing around it counts. wall: whether it
    is measured by the clock on the wall whatever `Settings.cpu` says: of work on several processors.
    """

    id: str
    title: str
    unit: str
    ours: Contender
    peers: tuple[Peer, ...] = ()
    scale: float = 1.0
    check: int = 64
    goal: Goal | None = None
    named_only: bool = False
    once: bool = False
    wall: bool = False


@dataclass(frozen=True)
class BenchRow:
    """A family of cases, which a file of `rows` defines as ROW.

    cases: called with the settings; it leaves heavy imports to `Contender.prepare`.
    """

    id: str
    title: str
    cases: Callable[[Settings], Sequence[Case]]
