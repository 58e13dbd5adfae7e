"""A neighbourhood of a game as R^n: the real vectors that an optimiser moves, and back to exact rationals.

Positive numbers move by factors, numbers of both signs on the scale of asinh, and parameters inside their
declared range. The first knot is fixed, since shifting all positions changes nothing.
"""

import math
from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from bounds.falsifier.descent_class import DescentClass, Tie
from bounds.falsifier.descent_seeds import ANY, scaled_slope
from bounds.games import DescentGame, Point
from bounds.statement import Bools
from online_sim.borders import Floats
from theory.losses.piecewise_quadratic import Slope
from theory.parameters import Parameter

DIGITS = 6
"""The significant decimal digits of a number that a search proposes."""
KNEE = 0.1
"""The relative size above which a signed number moves by factors rather than by steps."""
EDGE = 1e-6
"""The smallest distance to an end of a parameter's range, relative to the length of the range."""
LEAST_SLACK = 1e-12
"""The least relative slack of a tied parameter: balls cannot decide L <= beta for two equal fractions."""
FARTHEST = 60.0
"""The largest logarithm of a proposed number."""


def rounded(value: float) -> Fraction:
    """The rational of `DIGITS` significant decimal digits nearest to a finite number."""
    return Fraction(f"{value:.{DIGITS}g}")


class DescentSpace:
    """The games like `centre`: the same numbers of knots and letters, signs of the noise, T and d.

    fixed: names of parameters that keep their value, as does a parameter at the end of an unbounded range.
    rigid: whether the noise keeps its shape and changes only its size, as symmetric noise must.
    meant: the class of the games: heights of phi' are sorted where it is convex; tied parameters move with
    the function and come last in a vector.
    """

    def __init__(
        self,
        centre: DescentGame,
        *,
        fixed: Collection[str] = (),
        rigid: bool = False,
        meant: DescentClass = ANY,
    ) -> None:
        """Measure the centre."""
        self.centre, self.rigid, self.meant = centre, rigid, meant
        self.ties = {name: tie for name, tie in meant.ties.items() if name not in fixed}
        slope = centre.slope
        self.places = [float(k) for k, _ in slope.knots]
        gaps = [b - a for a, b in pairwise(self.places)]
        self.height = max(abs(float(y)) for _, y in slope.knots) or float(slope.smoothness) or 1.0
        offsets = [float(u) - self.places[0] for u in centre.start]
        self.unit = max([*map(abs, offsets), *gaps[:1]]) or 1.0
        kept = {*fixed, *self.ties}
        self.free = [p for p in centre.recurrence.parameters if p.name not in kept and self._movable(p)]
        self.origin = np.array(
            [
                *(math.log(gap) for gap in gaps),
                *(math.asinh(float(y) / self.height / KNEE) for _, y in slope.knots),
                *(math.log(float(bend)) for bend in (slope.left, slope.right) if bend > 0),
                *(offset / self.unit for offset in offsets),
                0.0,
                *self._noise_origin(),
                *(self._inside(p) for p in self.free),
                *(self._slack(name, tie) for name, tie in self.ties.items()),
            ]
        )

    def _movable(self, p: Parameter) -> bool:
        bounded = math.isfinite(p.lower) and math.isfinite(p.upper)
        return bounded or float(self.centre.parameters[p.name]) > p.lower

    def _slack(self, name: str, tie: Tie) -> float:
        """The relative distance of a tied parameter from the nearest value that it may take."""
        game = self.centre
        nearest = tie.number(game.slope, game.dimension, game.horizon, Fraction(0))
        quotient = float(game.parameters[name] / nearest)
        return max(0.0, (1 / quotient if tie is Tie.MODULUS else quotient) - 1)

    def _noise_origin(self) -> list[float]:
        """The sizes of all letters but the last and their odds against it, or one size for all."""
        if len(self.centre.letters) == 1:
            return []
        if self.rigid:
            return [0.0]
        *others, (_, last) = self.centre.letters
        sizes = [math.log(abs(float(w))) for u, _ in others for w in u if w != 0]
        return [*sizes, *(math.log(float(p / last)) for _, p in others)]

    def _inside(self, p: Parameter) -> float:
        value = float(self.centre.parameters[p.name])
        if math.isfinite(p.lower) and math.isfinite(p.upper):
            share = min((value - p.lower) / (p.upper - p.lower), 1 - EDGE)
            return math.sqrt(share / (1 - share))
        return math.log(value - p.lower) if math.isfinite(p.lower) else value

    def games(self, vectors: Floats) -> tuple[list[DescentGame], Bools]:
        """The games at vectors (R, n), and which vectors are games, (R,)."""
        found = [self.game(vector) for vector in vectors]
        games = [game for game in found if game is not None]
        return games, np.array([game is not None for game in found])

    def jumps(self, vector: Floats) -> Floats:
        """None: a change of one sign seldom leaves a game that the statement is meant for."""
        return np.empty((0, len(vector)))

    def game(self, vector: Floats) -> DescentGame | None:
        """The game at a vector of the shape of `origin`; None if the vector is not a game."""
        if not np.all(np.isfinite(vector)) or np.any(np.abs(vector) > FARTHEST):
            return None
        numbers = iter(vector.tolist())
        try:
            slope = self._slope(numbers)
            start = tuple(slope.knots[0][0] + rounded(self.unit * next(numbers)) for _ in self.centre.start)
            scale = rounded(math.exp(next(numbers)))
            letters = self._letters(numbers, scale)
            slope = scaled_slope(slope, scale)
            moved = {p.name: _value(p, next(numbers)) for p in self.free}
            size = self.centre.dimension, self.centre.horizon
            slacks = {name: rounded(max(LEAST_SLACK, next(numbers))) for name in self.ties}
            tied = {name: tie.number(slope, *size, slacks[name]) for name, tie in self.ties.items()}
            parameters = {**self.centre.parameters, **moved, **tied}
            return DescentGame(self.centre.recurrence, parameters, slope, start, self.centre.horizon, letters)
        except ValueError:
            return None

    def _slope(self, numbers: Iterator[float]) -> Slope:
        old = self.centre.slope
        places = [old.knots[0][0]]
        for _ in old.knots[1:]:
            places.append(places[-1] + rounded(math.exp(next(numbers))))
        heights = [rounded(self.height * (KNEE * math.sinh(next(numbers)))) for _ in old.knots]
        left, right = (rounded(math.exp(next(numbers))) if b > 0 else b for b in (old.left, old.right))
        # If phi' is constant outside, phi must not fall there.
        heights[0] = -abs(heights[0]) if left == 0 else heights[0]
        heights[-1] = abs(heights[-1]) if right == 0 else heights[-1]
        heights = sorted(heights) if self.meant.convex else heights
        return Slope(tuple(zip(places, heights, strict=True)), left, right)

    def _letters(self, numbers: Iterator[float], scale: Fraction) -> tuple[tuple[Point, Fraction], ...]:
        old = self.centre.letters
        if len(old) == 1:
            return old
        if self.rigid:
            factor = scale * rounded(math.exp(next(numbers)))
            return tuple((tuple(factor * w for w in u), p) for u, p in old)
        vectors = [
            tuple(scale * (1 if w > 0 else -1) * rounded(math.exp(next(numbers))) if w != 0 else w for w in u)
            for u, _ in old[:-1]
        ]
        odds = [*(math.exp(next(numbers)) for _ in vectors), 1.0]
        # The likeliest letter absorbs the rounding, the last one makes the mean 0.
        chances = [rounded(q / sum(odds)) for q in odds]
        likely = chances.index(max(chances))
        chances[likely] += 1 - sum(chances)
        last = tuple(
            -sum((p * u[i] for p, u in zip(chances[:-1], vectors, strict=True)), Fraction(0)) / chances[-1]
            for i in range(self.centre.dimension)
        )
        return tuple(zip([*vectors, last], chances, strict=True))


def _value(p: Parameter, z: float) -> Fraction:
    if math.isinf(p.lower):
        return rounded(z)
    if math.isinf(p.upper):
        return Fraction(p.lower) + rounded(math.exp(z))
    share = z * z / (1 + z * z)
    share = min(max(share, EDGE if p.lower_open else 0.0), 1 - EDGE if p.upper_open else 1.0)
    return Fraction(p.lower) + rounded((p.upper - p.lower) * share)
