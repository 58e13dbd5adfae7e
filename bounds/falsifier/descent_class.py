"""The functions, the noise and the parameters for which a statement about descents is meant.

A nonconvex function says nothing about a theorem on convex ones, and a step 1/beta with beta < L is not the
step that is meant. The search keeps to the class by construction; the evaluator and the certificate check it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from math import isqrt

from sympy import Expr, Symbol, sqrt

from bounds.scope import required, stated
from online_sim.meant_for import MODULUS
from theory.losses.piecewise_quadratic import Slope
from theory.recurrence import Recurrence
from theory.statement import Requires, Theorem, ordered_sides
from theory.symbols import G_f, L, T, d


class Tie(Enum):
    """What a parameter of the algorithm stands for; the value is its range in words."""

    SMOOTHNESS = "at least L"
    TOTAL_SMOOTHNESS = "at least d L"
    MODULUS = "positive and at most the least phi''"
    LIPSCHITZ = "at least the l2 norm of every gradient"
    ROUNDS = "the number of rounds"

    def number(self, slope: Slope, dimension: int, horizon: int, slack: Fraction) -> Fraction:
        """The value for a function, the slack >= 0 away from the nearest possible one."""
        if self is Tie.ROUNDS:
            return Fraction(horizon)
        if self is Tie.MODULUS:
            return slope.modulus / (1 + slack)
        if self is Tie.LIPSCHITZ:
            ends = slope.steepest or (Fraction(0), Fraction(0))  # the class keeps phi' bounded
            root = isqrt(dimension - 1) + 1  # at least sqrt(d), and 1 for d = 1
            return root * max(map(abs, ends)) * (1 + slack)
        return slope.smoothness * (dimension if self is Tie.TOTAL_SMOOTHNESS else 1) * (1 + slack)


BOUNDED_BELOW: Mapping[Expr, Tie] = {
    L: Tie.SMOOTHNESS, d * L: Tie.TOTAL_SMOOTHNESS, sqrt(d) * G_f: Tie.LIPSCHITZ, T: Tie.ROUNDS,
}  # fmt: skip
"""The parameters p that an assumption such as L <= p ties, by the smaller side."""


@dataclass(frozen=True)
class DescentClass:
    """A class of games.

    Args:
        convex: Whether phi' must be nondecreasing.
        strongly: Whether phi' must grow at a positive rate everywhere.
        bounded: Whether phi' must be bounded.
        exact: Whether there is no noise.
        ties: What parameters stand for, by name.
    """

    convex: bool = False
    strongly: bool = False
    bounded: bool = False
    exact: bool = False
    ties: Mapping[str, Tie] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The functions of the class, in words."""
        curved = "strongly convex smooth" if self.strongly else "convex smooth" if self.convex else "smooth"
        return f"{curved} (bounded gradients)" if self.bounded else curved

    def admits(self, slope: Slope) -> bool:
        """Whether a function belongs to the class."""
        curved = slope.modulus > 0 if self.strongly else slope.modulus >= 0 or not self.convex
        return curved and (slope.steepest is not None or not self.bounded)


def class_of(theorem: Theorem, reading: str, recurrence: Recurrence) -> DescentClass:
    """The class for which one reading of a theorem is meant."""
    asked, names = required(theorem), recurrence.parameter_names
    strongly = Requires.STRONGLY_CONVEX in asked
    ties = {MODULUS: Tie.MODULUS} if strongly and MODULUS in names else {}
    for condition in theorem.relations:
        small, large = ordered_sides(theorem.spelled_out(condition)) or (None, None)
        if small in BOUNDED_BELOW and isinstance(large, Symbol) and large.name in names:
            ties[large.name] = BOUNDED_BELOW[small]
    return DescentClass(
        convex=strongly or Requires.CONVEX_LOSSES in asked,
        strongly=strongly,
        bounded=any(e.has(G_f) for e in stated(theorem, reading)),
        exact=Requires.EXACT_GRADIENTS in asked,
        ties=ties,
    )
