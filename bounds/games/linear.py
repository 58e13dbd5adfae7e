"""Games of linear losses, and of the least curved ones that strong convexity allows, over a set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, ClassVar

from bounds.games.base import ExactGame
from bounds.games.polytope import ExactPolytope
from bounds.games.rationals import Number, Point, listing, point, texts
from bounds.games.sets import ExactSegment, ExactSet
from bounds.games.simplex import ExactSimplex
from bounds.games.stream import Block, Blocks, compressed, cyclic, first_rounds, length, rows_of, stream_text
from online_sim.meant_for import MODULUS
from theory.borders import instance, items
from theory.recurrence import Recurrence
from theory.statement import Requires

SIMPLICES = tuple(ExactSegment(point(u), point(v)) for u, v in (((1, 0), (0, 1)), ((0, 1), (1, 0))))
"""The segments that are the probability simplex of R^2."""


@dataclass(frozen=True)
class LinearGame(ExactGame):
    """f_t(y) = <g_t, y> over a set, with g_1, g_2, ... as blocks: patterns of rows with their counts.

    For a dynamic regret each gradient is followed by the point z_t of the round, and a row has 2d numbers.

    A curved game has f_t(y) = <g_t, y> + mu/2 ||y - x_t||^2 for its points x_t and its parameter mu: of all
    mu-strongly convex losses with the gradient g_t at x_t none has a larger regret.

    Args:
        recurrence: The algorithm.
        parameters: Name -> exact number, all of them.
        feasible: The set.
        start: x_1, a point of the set.
        blocks: The stream, of rows of d exact numbers, or of 2d; kept in as few blocks as are found
            (`compressed`).
        curved: Whether the losses are curved.

    Raises:
        ValueError: These do not fit together.
    """

    PROPERTIES: ClassVar[Mapping[Requires, Callable[[LinearGame], bool]]] = {
        Requires.CONVEX_LOSSES: lambda game: True,
        Requires.COMPACT_SET: lambda game: True,
        Requires.STRONGLY_CONVEX: lambda game: game.modulus > 0,
        Requires.SEPARABLE_SET: lambda game: game.feasible.kind == "box",
        Requires.PROBABILITY_SIMPLEX: lambda game: (
            game.feasible in (*SIMPLICES, ExactSimplex(game.dimension))
        ),
        Requires.BALL: lambda game: game.dimension == 1 or game.feasible.kind == "ball",
        Requires.CONTAINS_ORIGIN: lambda game: game.feasible.contains((Fraction(0),) * game.dimension),
        Requires.START_AT_ORIGIN: lambda game: not any(game.start),
        Requires.START_AT_CENTRE: lambda game: (
            (game.start == game.feasible.centre and not isinstance(game.feasible, ExactPolytope))
            or game.feasible.mirrored(game.start) == game.start
        ),
    }

    feasible: ExactSet
    start: Point
    blocks: Blocks
    curved: bool = False

    def __post_init__(self) -> None:
        """Make the numbers exact and check that they fit."""
        super().__post_init__()
        object.__setattr__(self, "start", point(self.start, "start"))
        instance("feasible", self.feasible, ExactSet, "an exact set", "an ExactBox say")
        if not items("blocks", self.blocks, Block, "a Block", "Block(((1,), (-1,)), times=5) say"):
            raise ValueError("`blocks` is empty; give at least one round")
        d = self.dimension
        if {len(row) for row in self.gradients} not in ({d}, {2 * d}):
            raise ValueError(
                f"the gradients of `blocks` must have {d} numbers, each followed by the {d} of a point z_t "
                "in the games of a dynamic regret"
            )
        for row in self.gradients if self.moving else ():
            if not self.feasible.contains(row[d:]):
                raise ValueError(
                    f"the row {listing(row)} of `blocks` has {2 * d} numbers, a gradient and the point z_t "
                    f"= {listing(row[d:])}, which is not a point of the set; give the {d} of the gradient, "
                    "or a point of the set"
                )
        object.__setattr__(self, "blocks", compressed(self.blocks))
        if self.curved and self.modulus <= 0:
            raise ValueError(
                f"a `curved` game needs a parameter {MODULUS} > 0, its modulus of strong convexity"
            )
        if not self.feasible.contains(self.start):
            raise ValueError(f"`start` = {listing(self.start)} is not a point of the set; begin inside")

    @classmethod
    def cyclic(
        cls,
        recurrence: Recurrence,
        parameters: Mapping[str, Number],
        feasible: ExactSet,
        start: Point,
        pattern: object,
        horizon: int,
        lead: object = (),
    ) -> LinearGame:
        """The game with the rows of `lead` once, then those of `pattern` again and again, up to `horizon`."""
        return cls(recurrence, parameters, feasible, start, cyclic(pattern, horizon, lead))  # type: ignore[arg-type]

    @property
    def modulus(self) -> Fraction:
        """The modulus of strong convexity of every loss, 0 for linear ones."""
        return self.parameters.get(MODULUS, Fraction(0)) if self.curved else Fraction(0)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self.feasible.dimension

    @property
    def moving(self) -> bool:
        """Whether each round has its own point z_t to compare with."""
        return len(self.blocks[0].pattern[0]) > self.dimension

    @property
    def horizon(self) -> int:
        """T, the number of rounds."""
        return length(self.blocks)

    def row(self, t: int) -> Point:
        """g_t, and z_t if there is one, for t = 1, 2, ..., T."""
        for block in self.blocks:
            if t <= block.rounds:
                return block.pattern[(t - 1) % len(block.pattern)]
            t -= block.rounds
        raise ValueError(f"`t` lies {t} rounds after the last; the game has {self.horizon}")

    @property
    def rows(self) -> tuple[Point, ...]:
        """g_1, ..., g_T, each with its z_t if there is one."""
        return tuple(rows_of(self.blocks))

    @property
    def period(self) -> int:
        """The length of the longest pattern that is repeated."""
        return max((len(block.pattern) for block in self.blocks if block.times > 1), default=1)

    @property
    def repetitions(self) -> tuple[int, ...]:
        """How often each pattern is played."""
        return tuple(block.times for block in self.blocks)

    def with_repetitions(self, k: int, times: int) -> LinearGame:
        """The game with another count for one pattern, the k-th; 0 leaves it out."""
        changed = (replace(self.blocks[k], times=times),) if times else ()
        return replace(self, blocks=(*self.blocks[:k], *changed, *self.blocks[k + 1 :]))

    def until(self, horizon: int) -> LinearGame:
        """The game up to a round, at most T."""
        return replace(self, blocks=first_rounds(self.blocks, horizon))

    @property
    def gradients(self) -> tuple[Point, ...]:
        """The rows of all patterns."""
        return tuple(row for block in self.blocks for row in block.pattern)

    def best_fixed_point(self) -> Point:
        """A point of the set that minimises the sum of the losses, if they are linear."""
        sums = [(block.times, [sum(u) for u in zip(*block.pattern, strict=True)]) for block in self.blocks]
        total = [sum((n * row[i] for n, row in sums), Fraction(0)) for i in range(self.dimension)]
        return self.feasible.minimiser(total)

    def contains(self, x: Point) -> bool:
        """Whether x is a point of the set."""
        return self.feasible.contains(x)

    def extreme_points(self) -> list[Point]:
        """The extreme points of the set."""
        return self.feasible.extreme_points()

    @property
    def runs(self) -> list[Point]:
        """The rows of the patterns, with consecutive equal rows of a pattern merged."""
        return [row for block in self.blocks for row, _ in groupby(block.pattern)]

    def written(self) -> tuple[int, int]:
        """The numbers of runs of equal rows and of rows."""
        return len(self.runs), len(self.gradients)

    def numbers(self) -> Iterator[Fraction]:
        """The parameters, the start, the numbers of the set and one row of each run."""
        for row in (self.parameters.values(), self.start, self.feasible.numbers(), *self.runs):
            yield from row

    def entry(self, comparator: Point | None) -> dict[str, Any]:
        """The game as text, with the comparator of its regret."""
        return {
            "kind": "curved" if self.curved else "linear",
            "parameters": {name: str(value) for name, value in self.parameters.items()},
            "start": texts(self.start),
            "horizon": self.horizon,
            "set": self.feasible.entry(),
            "stream": stream_text(self.blocks),
            "comparator": texts(comparator or self.start),
        }
