"""One reading of a theorem at one horizon, as functions of intervals: is lhs <= rhs on a whole region?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Dummy, Expr, Integer, Rational, Symbol, false, sqrt, true

from bounds.games import Point
from bounds.prover.interval_source import CORNER, GameSource, Name, UnrolledGame, with_values
from bounds.prover.intervals import Intervals, Truth
from bounds.prover.region import Pieces, Region
from bounds.scope import check_given, check_scope, required
from bounds.statement import Inequality, in_rounds
from online_sim.borders import Floats
from online_sim.engines.lowering import Request, compile_program
from online_sim.engines.program import Projection
from theory.losses.linear import LINEAR
from theory.quantities import CumSum, Dot, Regret
from theory.statement import Requires, Theorem, ordered_sides
from theory.symbols import D_2, D, D_i, T, d, f, g, x, x_next, z

GIVEN = frozenset({Requires.CONVEX_LOSSES, Requires.COMPACT_SET, Requires.SEPARABLE_SET})
"""The properties that linear losses on a box have by construction."""


def restate(theorem: Theorem, reading: str, region: Region, horizon: int) -> Inequality:
    """The statement at T = horizon on the region; a regret becomes sum_t w_t <g_t, x_t - CORNER>.

    A regret is the maximum over z in X of a function linear in z, hence attained at an extreme point. If the
    left side grows with the regret, it may be evaluated at each extreme point.

    Conditions must hold in every round up to T. Raises OutOfScope (a ValueError) for a statement that is not
    meant for linear losses on such a box, ValueError for one whose left side does not grow with one regret,
    or with a condition that never holds in the region.
    """
    sides = [Rational(high - low) for low, high in region.sides]
    game: dict[Symbol, Expr] = {T: Integer(horizon), d: Integer(region.dimension), D: max(sides)}
    game[D_2] = sqrt(sum(side**2 for side in sides))
    if len(set(sides)) == 1:  # else `GameSource` knows the side of each coordinate
        game[D_i] = sides[0]

    def spelled(e: Expr) -> Expr:
        return with_values(e.xreplace(game), region.values)

    games = f"only linear losses on a box can be decided, here {region.text}"
    check_scope(theorem, properties_shown(region), games)
    given = x, g, f, d, D, D_2, D_i, z
    check_given(theorem, reading, region.recurrence, given, games, stated_only=(x_next,), other_points=True)
    statement = in_rounds(theorem, reading)
    lhs, rhs = spelled(statement.lhs), spelled(statement.rhs)
    regrets = lhs.atoms(Regret)
    if rhs.has(Regret) or len(regrets) > 1:
        raise ValueError(f"{theorem.id} must have at most one Regret, on its left side")
    for regret in regrets:
        stand_in = Dummy("regret", real=True)
        if not lhs.xreplace({regret: stand_in}).diff(stand_in).is_nonnegative:
            raise ValueError(f"the left side of {theorem.id} does not grow with {regret}: {theorem.lhs}")
        lhs = lhs.xreplace({regret: CumSum(regret.args[0] * Dot(g, x - CORNER))})
    return Inequality(lhs, rhs, _conditions(theorem, map(spelled, statement.conditions)))


def against_corners(statement: Inequality) -> bool:
    """Whether a restated left side contains a regret against the point CORNER."""
    return bool(statement.lhs.has(CORNER))


def properties_shown(region: Region) -> frozenset[Requires]:
    """The properties that every game of a region has."""
    found = set(GIVEN)
    if region.simplex:
        found = found - {Requires.SEPARABLE_SET} | {Requires.PROBABILITY_SIMPLEX}
    zero = all(low <= 0 <= high for low, high in region.sides) and not region.simplex
    origin = (Fraction(0),) * region.dimension
    starts = {Requires.START_AT_ORIGIN: origin, Requires.START_AT_CENTRE: region.centre}
    found |= {r for r, u in starts.items() if region.start == u}
    found |= {Requires.CONTAINS_ORIGIN} if zero else set()
    # An interval is a ball of R^1.
    return frozenset(found | ({Requires.BALL} if region.dimension == 1 else set()))


def start_asked(theorem: Theorem, lower: Point, upper: Point) -> Point | None:
    """The start in the box with these corners that a statement asks for, or None."""
    asked, sides = set(required(theorem)), list(zip(lower, upper, strict=True))
    if Requires.START_AT_ORIGIN in asked and all(low <= 0 <= high for low, high in sides):
        return (Fraction(0),) * len(sides)
    return tuple((low + high) / 2 for low, high in sides) if Requires.START_AT_CENTRE in asked else None


def _conditions(theorem: Theorem, conditions: Iterable[Expr]) -> tuple[Expr, ...]:
    """The conditions that depend on the game."""
    found = []
    asked = (a for a in theorem.assumptions if not isinstance(a.condition, Requires))
    for assumption, condition in zip(asked, conditions, strict=True):
        if condition == false:
            raise ValueError(f"the assumption {assumption.text} of {theorem.id} fails for these parameters")
        if condition != true:
            if ordered_sides(condition) is None:
                raise ValueError(f"the assumption {assumption.text} must be a relation such as a < b")
            found.append(condition)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class OverBoxes:
    """Both sides over boxes: lhs, rhs (B,), and whether the conditions hold everywhere, or anywhere."""

    lhs: Intervals
    rhs: Intervals
    certain: Any
    possible: Any


class Question:
    """lhs <= rhs at one horizon, against one extreme point of X (None if there is no regret)."""

    def __init__(self, statement: Inequality, region: Region, horizon: int, corner: Point | None) -> None:
        """Compile; UnknownNodeError if part of the statement or the algorithm has no enclosure rule."""
        self.region, self.horizon, self.corner = region, horizon, corner
        names_z = any(part.has(z) for part in statement.parts)
        widths = any(part.has(D_i) for part in statement.parts)
        self.unknowns: Mapping[Name, Pieces] = region.unknowns(horizon, compared=names_z)
        program = compile_program(
            Request(
                region.recurrence,
                LINEAR,
                projection=Projection.CALL,
                record=statement.parts,
                given=(
                    *((CORNER,) if against_corners(statement) else ()),
                    *((z,) if names_z else ()),
                    *((D_i,) if widths else ()),
                ),
            )
        )
        self.source = GameSource(
            program, horizon=horizon, values=region.values, lower=region.lower, upper=region.upper,
            corner=corner or region.corners()[0],
            relations=[condition.rel_op for condition in statement.conditions], simplex=region.simplex,
        )  # fmt: skip
        self._play = UnrolledGame(self.source, list(self.unknowns))

    def sides(self, lower: Floats, upper: Floats) -> OverBoxes:
        """Enclosures over boxes whose ends are (n, B), in the order of `unknowns`."""
        with np.errstate(all="ignore"):
            outcome = self._play([Intervals(*ends) for ends in zip(lower, upper, strict=True)])
        return over_boxes(outcome, lower.shape[1])


def over_boxes(outcome: tuple[Intervals, Intervals, Sequence[Truth]], size: int) -> OverBoxes:
    """What a game returned for so many boxes: (left side, right side, truths of the conditions)."""
    lhs, rhs, truths = outcome
    certain, possible = np.ones(size, dtype=bool), np.ones(size, dtype=bool)
    for truth in truths:
        certain, possible = certain & truth.certain, possible & truth.possible
    return OverBoxes(_spread(lhs, size), _spread(rhs, size), certain, possible)


def _spread(u: Intervals, size: int) -> Intervals:
    """One interval for every box, even if the value is the same for all."""
    return Intervals(np.broadcast_to(u.lower, size), np.broadcast_to(u.upper, size))
