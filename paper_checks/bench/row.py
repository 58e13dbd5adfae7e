"""What a row of the benchmark is: our code, the peers that do the same work, the floor, and the goals.

Times are seconds for one unit of work (a round, a coordinate, ...); `Case.unit` says which. A ratio is the
time of the other over ours: 15 means that we take a fifteenth of its time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Answer = Mapping[str, Any]
"""The results of a call by name, each an array or a number: the same names for all contenders of a case."""

Call = Callable[[], Answer]
"""One piece of work. It may go on where the last call ended, where starting over would take much of the time:
only the first results are compared."""


class Unavailable(Exception):
    """A contender cannot run here; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    quick: the smallest sizes and few repeats, no goal judged; device: "auto", "cpu" or "cuda"; repeats: timed
    calls of each contender; seconds: a case takes about this long at most, three repeats aside.
    """

    quick: bool = False
    device: str = "auto"
    repeats: int = 15
    seconds: float = 6.0


@dataclass(frozen=True)
class Goal:
    """What is asked of us: exactly one of the three.

    faster: the other takes at least this many times our time; within: we take at most this many times the
    other's; below: we take at most this many seconds a unit, whatever the other does.
    """

    faster: float | None = None
    within: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        if sum(limit is not None for limit in (self.faster, self.within, self.below)) != 1:
            raise ValueError(f"{self} must have exactly one of `faster`, `within` and `below`")

    def met(self, ours: float, other: float) -> bool:
        """Whether our seconds per unit meet the goal, compared with the other's."""
        if self.faster is not None:
            return other >= self.faster * ours
        if self.within is not None:
            return ours <= self.within * other
        return self.below is not None and ours <= self.below


@dataclass(frozen=True)
class Contender:
    """Somebody who can do the work.

    prepare: `prepare(size)` does everything that is done once (imports, compilation, data) and returns the
    call; it raises `Unavailable` where it cannot. size: how much a timed call does, in the case's own measure
    (rounds, repetitions); needs: modules that must be installed.
    """

    name: str
    prepare: Callable[[int], Call]
    size: int
    needs: Sequence[str] = ()


@dataclass(frozen=True)
class Peer:
    """A contender to compare ours with.

    goal: None where the ratio is only reported. tolerance: the largest difference from our results that is
    rounding (or a solver's accuracy), relative to the largest number of each result; None for a floor, which
    does less than the work and is not compared. like: who must agree with it, ours by default. note: what a
    reader should know.
    """

    contender: Contender
    goal: Goal | None = None
    tolerance: float | None = 1e-12
    like: Contender | None = None
    note: str = ""

    @property
    def is_floor(self) -> bool:
        """Whether it is a bound of the machine, not somebody who does the work."""
        return self.tolerance is None


@dataclass(frozen=True)
class Case:
    """One line: ours against all peers on the same work.

    id: such as ``round.100``; unit: of what a time is given, such as "round"; scale: units of work in one
    step of `size`; check: the size at which results are compared; goal: of our time alone.
    """

    id: str
    title: str
    unit: str
    ours: Contender
    peers: tuple[Peer, ...] = ()
    scale: float = 1.0
    check: int = 64
    goal: Goal | None = None


@dataclass(frozen=True)
class BenchRow:
    """A family of cases: what a file of `rows` offers as ROW.

    cases: called with the settings; it imports nothing heavy before `Contender.prepare` is called.
    """

    id: str
    title: str
    cases: Callable[[Settings], Sequence[Case]]
