"""Whether an exact game is one that its statement is meant for, and how far it violates the statement.

In a certificate the kind of a game shows some of its properties. The others that can be decided are decided
here, in rationals, and conditions are asked of every round: whoever searches or shrinks judges by
`excess_inside`.
"""

from __future__ import annotations

import math
from dataclasses import replace

from bounds.certify.certify import excess
from bounds.games import Counterexample, ExactGame
from bounds.scope import in_every_round, required
from theory.statement import Requires, Theorem

DECIDED_HERE = frozenset(
    {
        Requires.PROBABILITY_SIMPLEX, Requires.BALL, Requires.CONTAINS_ORIGIN, Requires.START_AT_ORIGIN,
        Requires.START_AT_CENTRE,
    }
)  # fmt: skip
"""Properties that a kind of game does not show by itself."""


def lacking(theorem: Theorem, game: ExactGame) -> Requires | None:
    """The first property that a statement asks for and the game does not have; None where it has all."""
    return next((asked for asked in required(theorem) if not game.has(asked)), None)


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


__all__ = ["excess_inside", "judged", "lacking"]
