"""What a search over all streams can say, with the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from bounds.games import Counterexample


class ProofOutcome(Enum):
    """The value is the sentence to show."""

    PROVED = "proved: it holds for every stream, start, comparator and parameter of the region"
    COUNTEREXAMPLE = "false: a game of the region violates it"
    UNDECIDED = "undecided: boxes are left on which the two sides could not be told apart"


@dataclass(frozen=True)
class OpenBox:
    """A box that was left: the ends of each unknown by name, and an upper bound of lhs - rhs on it.

    excess is infinite where a side may be undefined in the box.
    """

    ends: Mapping[str, tuple[float, float]]
    excess: float


@dataclass(frozen=True)
class HorizonResult:
    """The statement at one horizon T.

    boxes: how many were evaluated; slack: a certified lower bound of rhs - lhs over all boxes that were
    settled (with the relaxed right side, if any; infinite where none was); closest: the largest lhs/rhs at
    any point that was tried, a measurement that says how tight the statement is; undecided: the volume of
    the boxes that were left, as a share of the whole; worst: of these, the one with the largest upper bound.
    """

    horizon: int
    outcome: ProofOutcome
    boxes: int
    slack: float
    closest: float
    undecided: float = 0.0
    worst: OpenBox | None = None
    counterexample: Counterexample | None = None


@dataclass(frozen=True)
class Decision:
    """One reading of a theorem for one algorithm, decided at every horizon 1..N.

    Args:
        theorem: the id of the theorem.
        reading: the key of the reading.
        algorithm: the name of the recurrence.
        region: what it was decided over, in words: set, size of the gradients, starts, parameters.
        losses: those that the answer covers, in words (`bounds.prover.covered`).
        relax: what was proved is lhs <= (1 + relax) rhs.
        mirrored: whether mirror images were used (`bounds.prover.reductions`).
        scaled: whether the scale of the losses was used.
        rounds: the answer at each horizon.
    """

    theorem: str
    reading: str
    algorithm: str
    region: str
    losses: str
    relax: Fraction
    mirrored: bool
    scaled: bool
    rounds: tuple[HorizonResult, ...]

    @property
    def outcome(self) -> ProofOutcome:
        """False if it is at one horizon, proved if it is at all."""
        found = {result.outcome for result in self.rounds}
        for outcome in (ProofOutcome.COUNTEREXAMPLE, ProofOutcome.UNDECIDED):
            if outcome in found:
                return outcome
        return ProofOutcome.PROVED

    @property
    def boxes(self) -> int:
        """Boxes evaluated over all horizons."""
        return sum(result.boxes for result in self.rounds)

    @property
    def counterexample(self) -> Counterexample | None:
        """The one with the fewest rounds."""
        return next((r.counterexample for r in self.rounds if r.counterexample is not None), None)

    @property
    def sentence(self) -> str:
        """The outcome, where, and over what."""
        told = {o: [r.horizon for r in self.rounds if r.outcome is o] for o in ProofOutcome}
        parts = [f"{o.value} (T = {_several(told[o])})" for o in ProofOutcome if told[o]]
        bound = "" if self.relax == 0 else f" with the right side times {1 + self.relax}"
        return (
            f"{self.theorem}.{self.reading}{bound}, {self.algorithm}, {self.region}, every z in X; "
            f"losses: {self.losses}: {'; '.join(parts)}"
        )


def _several(horizons: list[int]) -> str:
    first, last = horizons[0], horizons[-1]
    whole = len(horizons) > 2 and horizons == list(range(first, last + 1))
    return f"{first}..{last}" if whole else ", ".join(map(str, horizons))
