"""Whether an exact game is one that its statement is meant for, and how far it violates the statement.

In a certificate the kind of a game shows some of its properties. The others that can be decided are decided
here, in rationals, and conditions are asked of every round: whoever searches or shrinks judges by
`excess_inside`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from bounds.certify.certify import excess
from bounds.certify.game import Counterexample, DescentGame, ExactBox, LinearGame, point
from bounds.scope import in_every_round, required
from online_sim.streams.alphabet import NoiseAlphabet
from online_sim.symmetry import symmetric_alphabet
from theory.statement import Requires, Theorem

SIMPLEX_ENDS = {point((1, 0)), point((0, 1))}
"""The probability simplex of R^2 is the segment between these."""


def _middle(game: LinearGame) -> bool:
    begin, end = game.feasible.ends
    return all(2 * u == a + b for u, a, b in zip(game.start, begin, end, strict=True))


def alphabet(game: DescentGame) -> NoiseAlphabet:
    """The noise of a game as letters with exact probabilities."""
    letters, chances = zip(*game.letters, strict=True)
    return NoiseAlphabet(np.array(letters, dtype=object), chances)


def _always(game: object) -> bool:
    return True


LINEAR: dict[Requires, Callable[[LinearGame], bool]] = {
    Requires.CONVEX_LOSSES: _always,
    Requires.COMPACT_SET: _always,
    Requires.SEPARABLE_SET: lambda game: isinstance(game.feasible, ExactBox),
    Requires.PROBABILITY_SIMPLEX: lambda game: (
        set(game.feasible.ends) == SIMPLEX_ENDS and not isinstance(game.feasible, ExactBox)
    ),
    Requires.BALL: lambda game: game.dimension == 1,
    Requires.CONTAINS_ORIGIN: lambda game: game.feasible.contains((Fraction(0),) * game.dimension),
    Requires.START_AT_ORIGIN: lambda game: not any(game.start),
    Requires.START_AT_CENTRE: _middle,
}
"""What can be decided of a `LinearGame`; it has no other property."""

DESCENT: dict[Requires, Callable[[DescentGame], bool]] = {
    **dict.fromkeys(
        (
            Requires.SMOOTH_LOSS, Requires.MINIMUM_KNOWN, Requires.FIXED_LOSS, Requires.UNBIASED_ORACLE,
            Requires.UNCONSTRAINED, Requires.SEPARABLE_SET, Requires.CONTAINS_ORIGIN,
        ),
        _always,
    ),
    Requires.CONVEX_LOSSES: lambda game: all(piece.bend >= 0 for piece in game.slope.pieces),
    Requires.SYMMETRIC_NOISE: lambda game: symmetric_alphabet(alphabet(game)),
    Requires.START_AT_ORIGIN: lambda game: not any(game.start),
}  # fmt: skip
"""What can be decided of a `DescentGame`."""

DECIDED_HERE = frozenset(
    {
        Requires.PROBABILITY_SIMPLEX, Requires.BALL, Requires.CONTAINS_ORIGIN, Requires.START_AT_ORIGIN,
        Requires.START_AT_CENTRE,
    }
)  # fmt: skip
"""Properties that a kind of game does not show by itself."""


def lacking(theorem: Theorem, game: LinearGame | DescentGame) -> Requires | None:
    """The first property that a statement asks for and the game does not have; None where it has all."""
    for asked in required(theorem):
        if isinstance(game, LinearGame):
            has = asked in LINEAR and LINEAR[asked](game)
        else:
            has = asked in DESCENT and DESCENT[asked](game)
        if not has:
            return asked
    return None


def judged(found: Counterexample) -> Counterexample | None:
    """What is left to replay: conditions in every round, without the properties that are decided already.

    None where the game lacks a property.
    """
    if lacking(found.theorem, found.game) is not None:
        return None
    theorem = in_every_round(found.theorem)
    left = tuple(a for a in theorem.assumptions if a.condition not in DECIDED_HERE)
    return replace(found, theorem=replace(theorem, assumptions=left))


def excess_inside(found: Counterexample) -> float:
    """A lower bound of lhs/rhs - 1 after the last round, -inf where the game is outside the statement.

    Refused where the game is too long for the checker.
    """
    inside = judged(found)
    return -math.inf if inside is None else excess(inside)


__all__ = ["DESCENT", "LINEAR", "alphabet", "excess_inside", "judged", "lacking"]
