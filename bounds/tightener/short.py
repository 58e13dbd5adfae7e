"""Upper ends of factors at one or two rounds, where `prove` can decide the bound with a larger factor."""

import math
from dataclasses import dataclass
from fractions import Fraction

from bounds.games import ExactBox, LinearGame
from bounds.prover.outcome import ProofOutcome
from bounds.prover.prove import prove
from bounds.scope import OutOfScope
from bounds.tightener.factors import DIGITS, Factor, lowered, scaled
from theory.printing.base import UnknownNodeError
from theory.statement import Theorem

MOST_ROUNDS = 2
"""The longest horizon to decide."""
ABOVE = Fraction(101, 100)
"""The factor to prove, relative to the largest one that a game needs; close to that game no box settles."""
BOXES = 20_000
"""The budget of a proof at each horizon."""


@dataclass(frozen=True)
class ShortProof:
    """A factor that is enough at some horizons, for all streams, starts and comparators of a region.

    region: the set, the gradients and the parameters, in words.
    """

    factor: Fraction
    horizons: tuple[int, ...]
    region: str

    @property
    def sentence(self) -> str:
        """What is proved, and only that."""
        rounds = " and ".join(f"T = {T}" for T in self.horizons)
        return f"{float(self.factor):g} is enough at {rounds} (proved; {self.region})"


def short_proof(theorem: Theorem, reading: str, found: Factor, *, boxes: int = BOXES) -> ShortProof | None:
    """A factor just above the largest that a game needs, if proved at T = 1 or 2 for that game's region.

    None if nothing is proved, or if the package has a proof of as small a factor for all games.
    """
    if found.shown is None or found.lower is None:
        return None
    game = found.shown.game
    if not isinstance(game, LinearGame) or not isinstance(game.feasible, ExactBox) or game.dimension != 1:
        return None
    factor = _rounded_up(Fraction(found.searched.ratio) * ABOVE)
    if found.upper is not None and factor >= found.upper:
        return None
    statement = lowered(theorem, reading, scaled(found.weights, factor))
    largest = max(abs(u) for row in game.gradients for u in row)
    try:
        decision = prove(
            statement, reading, game.recurrence, horizon=MOST_ROUNDS, parameters=dict(game.parameters),
            lower=game.feasible.lower[0], upper=game.feasible.upper[0], gradient=largest, budget=boxes,
        )  # fmt: skip
    except (OutOfScope, UnknownNodeError):
        return None
    proved = tuple(r.horizon for r in decision.rounds if r.outcome is ProofOutcome.PROVED)
    return ShortProof(factor, proved, decision.region) if proved else None


def _rounded_up(value: Fraction) -> Fraction:
    unit = Fraction(10) ** (math.floor(math.log10(value)) + 1 - DIGITS)
    return math.ceil(value / unit) * unit
