"""Descents of one smooth function, with noise from finitely many letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from bounds.games.base import ExactGame
from bounds.games.rationals import Point, exact, point, texts
from online_sim.meant_for import MODULUS
from online_sim.streams.alphabet import NoiseAlphabet
from online_sim.symmetry import symmetric_alphabet
from theory.borders import instance, pairs, whole
from theory.losses.piecewise_quadratic import Slope, quadratic_slope
from theory.statement import Requires


@dataclass(frozen=True)
class DescentGame(ExactGame):
    """One smooth f(x) = sum_i phi(x_i) without a set, and gradients with noise from a finite alphabet.

    Every path of the noise is played. phi is shifted such that min phi = 0.

    Args:
        recurrence: The algorithm.
        parameters: Name -> exact number, all of them.
        slope: phi', piecewise linear (see `Slope`).
        start: x_1.
        horizon: T >= 1.
        letters: (noise vector, its probability), of mean zero, with probabilities of sum 1; none means no
            noise.

    Raises:
        ValueError: The numbers do not fit together.
    """

    PROPERTIES: ClassVar[Mapping[Requires, Callable[[DescentGame], bool]]] = {
        **dict.fromkeys(
            (
                Requires.SMOOTH_LOSS, Requires.MINIMUM_KNOWN, Requires.FIXED_LOSS, Requires.UNBIASED_ORACLE,
                Requires.UNCONSTRAINED, Requires.SEPARABLE_SET, Requires.CONTAINS_ORIGIN,
            ),
            lambda game: True,
        ),
        Requires.CONVEX_LOSSES: lambda game: game.slope.modulus >= 0,
        Requires.STRONGLY_CONVEX: lambda game: 0 < game.parameters.get(MODULUS, 0) <= game.slope.modulus,
        Requires.EXACT_GRADIENTS: lambda game: not any(w for u, _ in game.letters for w in u),
        Requires.SYMMETRIC_NOISE: lambda game: symmetric_alphabet(game.alphabet),
        Requires.START_AT_ORIGIN: lambda game: not any(game.start),
    }  # fmt: skip

    slope: Slope
    start: Point
    horizon: int
    letters: tuple[tuple[Point, Fraction], ...] = field(default=())

    def __post_init__(self) -> None:
        """Make the numbers exact and check that they fit."""
        super().__post_init__()
        object.__setattr__(self, "start", point(self.start, "start"))
        instance("slope", self.slope, Slope, "a Slope", "quadratic_slope(1) say")
        letters = self.letters or ((tuple(Fraction(0) for _ in self.start), Fraction(1)),)
        object.__setattr__(self, "letters", _letters(letters))
        whole("horizon", self.horizon, least=1)
        if any(len(u) != self.dimension or p <= 0 for u, p in self.letters):
            raise ValueError(f"`letters` must hold vectors of {self.dimension} numbers, of probability > 0")
        if sum(p for _, p in self.letters) != 1:
            raise ValueError(
                f"the probabilities of `letters` sum to {sum(p for _, p in self.letters)}, not 1"
            )
        if any(sum(p * u[i] for u, p in self.letters) != 0 for i in range(self.dimension)):
            raise ValueError("the noise of `letters` does not have mean zero; shift its vectors")

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return len(self.start)

    @property
    def distance_squared(self) -> Fraction | None:
        """The squared l2 distance from x_1 to the nearest minimiser of f; None if f is not convex."""
        if self.slope.modulus < 0:
            return None
        return sum(((u - self.slope.nearest_minimiser(u)) ** 2 for u in self.start), Fraction(0))

    @property
    def steepest(self) -> Fraction | None:
        """The largest infinity norm of a gradient handed out, over R^d and all noise; None if unbounded."""
        ends = self.slope.steepest
        return None if ends is None else max(abs(y + w) for y in ends for u, _ in self.letters for w in u)

    @property
    def alphabet(self) -> NoiseAlphabet:
        """The noise as letters with exact probabilities."""
        letters, chances = zip(*self.letters, strict=True)
        return NoiseAlphabet(np.array(letters, dtype=object), chances)

    @property
    def repetitions(self) -> tuple[int, ...]:
        """The horizon: every round is alike."""
        return (self.horizon,)

    def with_repetitions(self, k: int, times: int) -> DescentGame:
        """The game with another horizon."""
        return replace(self, horizon=times)

    def until(self, horizon: int) -> DescentGame:
        """The game up to a round."""
        return replace(self, horizon=horizon)

    def written(self) -> tuple[int, int]:
        """The number of knots and letters, twice, since each is a row."""
        count = len(self.slope.knots) + len(self.letters)
        return count, count

    def numbers(self) -> Iterator[Fraction]:
        """The parameters, the start, the function and the noise."""
        yield from (*self.parameters.values(), *self.start)
        slope = self.slope
        if slope == quadratic_slope(slope.left):  # c x^2 / 2 is written with one number
            yield slope.left
        else:
            yield from (*(q for knot in slope.knots for q in knot), slope.left, slope.right)
        for noise, probability in self.letters:
            yield from (*noise, probability)

    def entry(self, comparator: Point | None) -> dict[str, Any]:
        """The game as text; without a set there is no comparator."""
        (first, y), (last, z) = self.slope.knots[0], self.slope.knots[-1]
        # One more knot at each end, a unit away, shows how phi' continues.
        knots = [(first - 1, y - self.slope.left), *self.slope.knots, (last + 1, z + self.slope.right)]
        return {
            "kind": "descent",
            "parameters": {name: str(value) for name, value in self.parameters.items()},
            "start": texts(self.start),
            "horizon": self.horizon,
            "knots": [{"at": str(k), "slope": str(y)} for k, y in knots],
            "letters": [{"noise": texts(u), "probability": str(p)} for u, p in self.letters],
        }


def _letters(letters: object) -> tuple[tuple[Point, Fraction], ...]:
    found = pairs("letters", letters, "(noise vector, probability)")
    return tuple((point(u, "letters"), exact(p, "letters")) for u, p in found)
