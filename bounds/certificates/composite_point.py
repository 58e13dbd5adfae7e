"""The best fixed point of linear losses with a composite term, for certificates.

It is exact for phi = lam ||x||_1 on boxes, and near the best one for that phi on balls around 0 and for
phi = lam/2 ||x||_2^2 on any set. For another term or set it may be a worse point: a certificate needs a point
of the set only, and the checker replays the regret against it.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, nan, oo, zoo

from bounds.games import ExactBox, LinearGame, Point
from theory.composites.composite import DUAL, METRIC, WEIGHT, Composite
from theory.symbols import x

DIGITS = 12
"""The digits of a coordinate that is no ratio of the game's numbers."""


def best_with(phi: Composite, game: LinearGame, weight: Fraction) -> Point:
    """The best point found for the sum of weight (<g_t, .> + phi) over the rounds of a game.

    phi: the composite term, whose parameters are among those of the game. weight: at least 0.
    """
    own = {p.symbol: _rational(game.parameters[p.name]) for p in phi.parameters}
    sums = [(block.times, [sum(u) for u in zip(*block.pattern, strict=True)]) for block in game.blocks]
    total = [weight * sum((n * row[i] for n, row in sums), Fraction(0)) for i in range(game.dimension)]
    often = weight * game.horizon

    def step(part: Expr, slope: Fraction, bend: int) -> Expr:
        return part.xreplace(
            {DUAL: _rational(slope), METRIC: Rational(bend), WEIGHT: _rational(often), **own}
        )

    def cost(i: int, u: Fraction) -> Expr:
        return _rational(total[i] * u) + _rational(often) * phi.term.xreplace({x: _rational(u), **own})

    def cheapest(points: Iterable[Point], coordinates: range) -> Point:
        return min(points, key=lambda z: _number(sum(cost(i, z[i]) for i in coordinates)))

    def nearest(free: Iterable[Expr]) -> Point | None:
        numbers = [_fraction(u) for u in free]
        inside = [u for u in numbers if u is not None]
        return game.feasible.nearest(tuple(inside), DIGITS) if len(inside) == len(numbers) else None

    slopes = [-u for u in total]
    ways: list[list[Any]] = [total, slopes, [-step(phi.minimiser, s, 1) for s in slopes]]
    points = [game.feasible.minimiser([_number(u) for u in way]) for way in ways]
    free = [step(phi.minimiser, s, 0) for s in slopes]
    found = [nearest(free), nearest([Rational(0)] * game.dimension)]
    points += [z for z in found if z is not None]
    if isinstance(game.feasible, ExactBox):
        each = [cheapest(points, range(i, i + 1))[i] for i in range(game.dimension)]
        return tuple(each)
    return cheapest(points, range(game.dimension))


def _rational(q: Fraction) -> Rational:
    return Rational(q.numerator, q.denominator)


def _number(e: Any) -> Fraction | float:
    """A number to compare, exact where it is rational."""
    if isinstance(e, Fraction):
        return e
    return Fraction(int(e.p), int(e.q)) if e.is_Rational else float(e)


def _fraction(e: Expr) -> Fraction | None:
    """A rational near a number; None if it is none."""
    if e.has(nan, oo, zoo, -oo) or not e.is_real:
        return None
    known = _number(e)
    return known if isinstance(known, Fraction) else Fraction(f"{known:.{DIGITS}g}")
