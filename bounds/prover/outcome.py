"""The outcomes of a search over all streams, with the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from bounds.games import Counterexample


class ProofOutcome(Enum):
    """The outcome of a proof search; the value is the sentence to show."""

    PROVED = "proved: it holds for every stream, start, comparator and parameter of the region"
    COUNTEREXAMPLE = "false: a game of the region violates it"
    UNDECIDED = "undecided: boxes are left on which the two sides could not be told apart"


@dataclass(frozen=True)
class OpenBox:
    """An undecided box: the ends of each unknown by name, and an upper bound of lhs - rhs on it.

    excess is infinite if a side may be undefined in the box.
    """

    ends: Mapping[str, tuple[float, float]]
    excess: float


@dataclass(frozen=True)
class HorizonResult:
    """The statement at one horizon T.

    boxes: the number of boxes evaluated. slack: a certified lower bound of rhs - lhs over all settled boxes
    (with the relaxed right side, if any; infinite if none was settled). closest: the largest lhs/rhs at any
    point tried, which measures how tight the statement is. undecided: the volume of the undecided boxes as a
    share of the whole. worst: the undecided box with the largest upper bound. merged: whether it was proved
    round by round, merging states that lie close together (`bounds.prover.rounds`).
    """

    horizon: int
    outcome: ProofOutcome
    boxes: int
    slack: float
    closest: float
    undecided: float = 0.0
    worst: OpenBox | None = None
    counterexample: Counterexample | None = None
    merged: bool = False


@dataclass(frozen=True)
class Decision:
    """One reading of a theorem for one algorithm, decided at every horizon 1..N.

    Args:
        theorem: the id of the theorem.
        reading: the key of the reading.
        algorithm: the name of the recurrence.
        region: the region in words: set, size of the gradients, starts, parameters.
        losses: the losses that the answer covers, in words (`bounds.prover.covered`).
        relax: the proved statement is lhs <= (1 + relax) rhs.
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
        """False if it is false at one horizon, proved if it is proved at all."""
        found = {result.outcome for result in self.rounds}
        for outcome in (ProofOutcome.COUNTEREXAMPLE, ProofOutcome.UNDECIDED):
            if outcome in found:
                return outcome
        return ProofOutcome.PROVED

    @property
    def boxes(self) -> int:
        """The number of boxes evaluated over all horizons."""
        return sum(result.boxes for result in self.rounds)

    @property
    def counterexample(self) -> Counterexample | None:
        """The counterexample with the fewest rounds."""
        return next((r.counterexample for r in self.rounds if r.counterexample is not None), None)

    @property
    def sentence(self) -> str:
        """The outcome in a sentence, with the horizons and the region."""
        told = {o: [r.horizon for r in self.rounds if r.outcome is o] for o in ProofOutcome}
        parts = [f"{o.value} ({horizons_text(told[o])})" for o in ProofOutcome if told[o]]
        bound = "" if self.relax == 0 else f" with the right side times {1 + self.relax}"
        return (
            f"{self.theorem}.{self.reading}{bound}, {self.algorithm}, {self.region}, every z in X; "
            f"losses: {self.losses}: {'; '.join(parts)}"
        )


def horizons_text(horizons: list[int]) -> str:
    """Some horizons in increasing order, such as T = 1, 3 or T = 2..5."""
    first, last = horizons[0], horizons[-1]
    whole = len(horizons) > 2 and horizons == list(range(first, last + 1))
    return f"T = {first}..{last}" if whole else f"T = {', '.join(map(str, horizons))}"
