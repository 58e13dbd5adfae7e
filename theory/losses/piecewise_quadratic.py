r"""f(x) = sum_i phi(x_i) with a continuous, piecewise linear phi': smooth, its L and its minimum exact.

phi' takes the value y_j at knot k_j, is linear between knots, and has the slope `left` before the first and
`right` after the last. So |phi''| is at most L = max of all slopes, phi(x) is a quadratic on each piece, and
every stationary point is rational. c x^2/2 is one knot with the slopes c, c. Dense among the L-smooth
functions of one variable on a bounded interval, which makes it a search space for bounds on gradients.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from sympy import Expr, Piecewise, Rational

from theory.borders import pairs, rational, settle
from theory.loss import Loss, Shape
from theory.quantities import SumCoords
from theory.source import Source
from theory.symbols import d, x


def quadratic(u: Any, height: Any, slope: Any, bend: Any) -> Any:
    """height + slope u + bend u^2/2, in numbers or in symbols."""
    return height + slope * u + bend * u**2 / 2


@dataclass(frozen=True)
class Piece:
    """phi on [start, stop] (None: infinite): height + slope (u - knot) + bend (u - knot)^2/2."""

    start: Fraction | None
    stop: Fraction | None
    knot: Fraction
    height: Fraction
    slope: Fraction
    bend: Fraction

    def value(self, u: Fraction) -> Fraction:
        """phi(u) by this piece's formula."""
        value: Fraction = quadratic(u - self.knot, self.height, self.slope, self.bend)
        return value

    def nearest_zero(self, u: Fraction) -> Fraction | None:
        """The zero of phi' on the piece that is nearest to u; None if there is none."""
        if self.bend != 0:
            zero = self.knot - self.slope / self.bend
            return zero if self.holds(zero) else None
        if self.slope != 0:
            return None
        low = u if self.start is None else max(self.start, u)
        return low if self.stop is None else min(self.stop, low)

    def holds(self, u: Fraction) -> bool:
        """Whether u lies on the piece."""
        return (self.start is None or self.start <= u) and (self.stop is None or u <= self.stop)


@dataclass(frozen=True)
class Slope:
    """phi', continuous and piecewise linear, with phi(k_0) = 0.

    Args:
        knots: pairs (k_j, y_j) in increasing order, phi'(k_j) = y_j.
        left: the slope of phi' before the first knot.
        right: the slope of phi' after the last knot.

    Raises:
        ValueError: there are no knots, the knots are not in order, or phi is not bounded below.
    """

    knots: tuple[tuple[Fraction, Fraction], ...]
    left: Fraction
    right: Fraction

    def __post_init__(self) -> None:
        """Make the numbers exact and check them."""
        given = pairs("knots", self.knots, "(place, value)")
        settle(
            self,
            knots=tuple((_exact("knots", k), _exact("knots", y)) for k, y in given),
            left=_exact("left", self.left),
            right=_exact("right", self.right),
        )
        places = [k for k, _ in self.knots]
        if not places or any(a >= b for a, b in pairwise(places)):
            raise ValueError(f"`knots` must be increasing and at least one, got {places}")
        first, last = self.knots[0][1], self.knots[-1][1]
        falls = self.left < 0 or (self.left == 0 and first > 0)
        if falls or self.right < 0 or (self.right == 0 and last < 0):
            raise ValueError(
                f"phi is not bounded below: `left` = {self.left}, `right` = {self.right} with the values "
                f"{first}, {last} at the outer knots; let phi' point away from the minimum at both ends"
            )

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces from left to right; knot j starts piece j + 1."""
        (k, y), value = self.knots[0], Fraction(0)
        found = [Piece(None, k, k, value, y, self.left)]
        for (k, y), (after, y_after) in pairwise(self.knots):
            found.append(Piece(k, after, k, value, y, (y_after - y) / (after - k)))
            value += (y + y_after) / 2 * (after - k)
        k, y = self.knots[-1]
        return (*found, Piece(k, None, k, value, y, self.right))

    @property
    def smoothness(self) -> Fraction:
        """L, the largest |phi''|."""
        return max(abs(piece.bend) for piece in self.pieces)

    @property
    def modulus(self) -> Fraction:
        """The least phi'': phi is convex if it is not negative, and strongly convex if it is positive."""
        return min(piece.bend for piece in self.pieces)

    @property
    def steepest(self) -> tuple[Fraction, Fraction] | None:
        """The least and the largest phi' over R; None if phi' is unbounded."""
        heights = [y for _, y in self.knots]
        return None if self.left or self.right else (min(heights), max(heights))

    def nearest_minimiser(self, u: Fraction) -> Fraction:
        """The minimiser of a convex phi that is nearest to u; ValueError if phi is not convex."""
        if self.modulus < 0:
            raise ValueError("phi is not convex: where it is flat need not be its minimum")
        nearest = (p.nearest_zero(u) for p in self.pieces)
        return min((z for z in nearest if z is not None), key=lambda z: abs(z - u))

    def value(self, u: Fraction) -> Fraction:
        """phi(u), exact."""
        return next(piece for piece in self.pieces if piece.stop is None or u <= piece.stop).value(u)

    @property
    def minimum(self) -> Fraction:
        """min phi: at a knot, or where phi' is 0 inside a piece."""
        zeros = [(p, p.knot - p.slope / p.bend) for p in self.pieces if p.bend != 0]
        return min(self.value(u) for u in (*(k for k, _ in self.knots), *(u for p, u in zeros if p.holds(u))))


def piecewise_quadratic(slope: Slope, *, name: str = "piecewise quadratic") -> Loss:
    """The loss f(x) = sum_i phi(x_i) on R^d for any d, with its constants L and min f.

    Args:
        slope: phi'.
        name: the name of the loss.
    """
    parts: list[tuple[Expr, object]] = []
    for p in slope.pieces:
        value = quadratic(x - _rational(p.knot), *map(_rational, (p.height, p.slope, p.bend)))
        parts.append((value, True if p.stop is None else x < _rational(p.stop)))
    convex = all(p.bend >= 0 for p in slope.pieces)
    return Loss(
        name,
        Source("nesterov2018", "section 1.2"),
        SumCoords(Piecewise(*parts)),
        Shape.CONVEX if convex else Shape.NONCONVEX,
        smoothness=_rational(slope.smoothness),
        minimum=d * _rational(slope.minimum),
    )


def quadratic_slope(curvature: Fraction | int) -> Slope:
    """phi'(u) = `curvature` u."""
    c = _exact("curvature", curvature)
    return Slope(((Fraction(0), Fraction(0)),), c, c)


def _exact(name: str, value: object) -> Fraction:
    # The searches make slopes all the time, of exact numbers.
    return value if type(value) is Fraction else rational(name, value)


def _rational(value: Fraction) -> Rational:
    return Rational(value.numerator, value.denominator)
