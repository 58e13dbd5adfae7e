"""The findings of a search, and where it looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bounds.games import Counterexample, exact
from theory.borders import mapping, meant, shown
from theory.recurrence import Recurrence
from theory.statement import Theorem


@dataclass(frozen=True)
class Searched:
    """The result of a search.

    Args:
        best: the game with the largest lhs/rhs at its last round, in exact numbers, a certain violation if
            one was found; None if the statement never applied.
        ratio: its lhs/rhs in floats, at most 1e9, which stands for a right side that is not positive.
        excess: a certain lower bound of lhs/rhs - 1, -inf without one.
        evaluations: games played.
        seconds: the duration of the search.
        first: seconds until the first certain violation, None without one.
        games_to_first: games played until then.
        seed: the seed of the search.
        sentences: what was searched.
        inside: games that satisfied every assumption up to some round.
        said: those among them in which both sides were numbers there too.
    """

    best: Counterexample | None
    ratio: float
    excess: float
    evaluations: int
    seconds: float
    first: float | None
    games_to_first: int | None
    seed: int
    sentences: tuple[str, ...]
    inside: int
    said: int

    @property
    def evidence(self) -> bool:
        """Whether the statement applied to any game: without that, finding nothing is not evidence."""
        return self.said > 0

    @property
    def violated(self) -> bool:
        """Whether a violation is certain."""
        return self.excess > 0

    @property
    def horizon(self) -> int | None:
        """The rounds T of the best game."""
        return None if self.best is None else self.best.game.horizon

    @property
    def dimension(self) -> int | None:
        """The coordinates d of the best game."""
        return None if self.best is None else self.best.game.dimension


class Interrupted(KeyboardInterrupt):
    """An interrupt of a search; `searched` holds the findings so far."""

    def __init__(self, searched: Searched) -> None:
        super().__init__()
        self.searched = searched


def unfound(theorem: Theorem, inside: int, said: int) -> str:
    """The meaning of a search without a violation; inside, said: as in `Searched`."""
    if said:
        return "no violation found, which is not a proof"
    asked = "; ".join(assumption.text for assumption in theorem.assumptions)
    if not inside:
        return f"no game tried satisfied the assumptions ({asked}): this is no evidence"
    return "in no game tried were both sides numbers: this is no evidence"


def values_text(fixed: Mapping[str, Fraction]) -> str:
    """The fixed parameters, in words."""
    return ", ".join(f"{name} = {value}" for name, value in fixed.items()) or "none"


def fixed_values(fixed: object, recurrence: Recurrence) -> dict[str, Fraction]:
    """The fixed parameters by name; ValueError for an unknown name or a value out of its range."""
    given = {} if fixed is None else dict(mapping("fixed", fixed, "name -> exact number"))
    known = {p.name: p for p in recurrence.parameters}
    for name, value in given.items():
        if name not in known:
            raise ValueError(
                f"`fixed` names {shown(name)}, which {recurrence.name} lacks; it has {', '.join(known)}"
                f"{meant(name, known)}"
            )
        known[name].validate(exact(value, name))
    return {name: exact(value) for name, value in given.items()}
