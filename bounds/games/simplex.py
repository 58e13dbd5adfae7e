"""Simplices in exact numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any, ClassVar

from bounds.games.rationals import Number, Point, exact
from bounds.games.sets import Each, ExactSet
from theory.borders import whole


@dataclass(frozen=True)
class ExactSimplex(ExactSet):
    """The simplex {x : x >= 0, sum_i x_i = total} of R^d.

    Args:
        size: d.
        total: An exact number > 0; 1 for the probability simplex.

    Raises:
        ValueError: The total is not positive.
    """

    kind: ClassVar[str] = "simplex"

    size: int
    total: Number = 1

    def __post_init__(self) -> None:
        """Make the total exact."""
        whole("size", self.size, least=1)
        object.__setattr__(self, "total", exact(self.total, "total"))
        if self.sum <= 0:
            raise ValueError(f"`total` = {self.total} must be > 0; take 1 for the probability simplex")

    @property
    def sum(self) -> Fraction:
        """The sum of the coordinates of every point."""
        return Fraction(self.total)

    @property
    def dimension(self) -> int:
        """The number of coordinates d."""
        return self.size

    @property
    def centre(self) -> Point:
        """The point with equal coordinates."""
        return (self.sum / self.size,) * self.size

    @property
    def text(self) -> str:
        """Such as {x >= 0, sum x = 1}."""
        return f"{{x >= 0, sum x = {self.total}}}"

    def contains(self, x: Point) -> bool:
        """Whether x lies in the simplex, exactly."""
        return len(x) == self.size and min(x) >= 0 and sum(x) == self.sum

    def minimiser(self, direction: Sequence[Any]) -> Point:
        """The corner at which <direction, x> is smallest."""
        return self.extreme_points()[min(range(self.size), key=lambda i: direction[i])]

    def extreme_points(self) -> list[Point]:
        """The corners."""
        return [tuple(self.sum * (i == k) for i in range(self.size)) for k in range(self.size)]

    def nearest(self, x: Point, digits: int) -> Point:
        """The nearest point, its coordinates rounded but for the largest."""
        sums = list(accumulate(sorted(x, reverse=True)))
        root = max((whole - self.sum) / k for k, whole in enumerate(sums, start=1))
        kept = [max(u - root, Fraction(0)) / self.sum for u in x]
        shares = [Fraction(f"{float(u):.{digits}g}") * self.sum for u in kept]
        largest = shares.index(max(shares))
        shares[largest] += self.sum - sum(shares)
        return tuple(shares) if min(shares) >= 0 else self.centre

    def mirrored(self, x: Point) -> None:
        """A simplex is not symmetric."""

    def numbers(self) -> Point:
        """The total."""
        return (self.sum,)

    def changed(self, each: Each) -> ExactSet:
        """The simplex with another total."""
        return ExactSimplex(self.size, each(self.sum))

    def without(self, i: int) -> ExactSet:
        """The simplex of one coordinate less."""
        return ExactSimplex(self.size - 1, self.total)

    def entry(self) -> dict[str, Any]:
        """The total; the start of the game shows the dimension."""
        return {"kind": self.kind, "total": str(self.total)}
