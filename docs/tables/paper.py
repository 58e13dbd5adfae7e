"""Print the README's table: of each statement the verdict, its shortest counterexample, and what is true.

    python docs/tables/paper.py

Verdicts and games come from the gallery of certificates, sentences from `paper_checks/adal/paper.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bounds import LinearGame
from bounds.certificates.certify import certain_sides
from bounds.games import ExactGame
from bounds.shrinker.counterexample_line import counterexample_line
from paper_checks.adal.paper import PAPER
from paper_checks.gallery.exhibit import Exhibit
from paper_checks.gallery.theorem2 import FORMS
from paper_checks.run.registry import exhibits
from theory import ADAL, Theorem
from theory.theorems.adal import THEOREM1, THEOREM2
from theory.theorems.repaired import R


@dataclass(frozen=True)
class Row:
    """A statement that falls.

    Args:
        says: the statement in words.
        theorem: its object.
        readings: the readings that the row is about.
        instead: what is true instead.
        about: whether a game is one of those that the row is about.
    """

    says: str
    theorem: Theorem
    readings: tuple[str, ...]
    instead: str
    about: Callable[[ExactGame], bool]

    def shortest(self, reading: str) -> Exhibit:
        """The certified counterexample to a reading with the fewest rounds, of these the shortest line."""
        found = [e for e in exhibits() if e.refuted == f"{self.theorem.id}.{reading}"]
        found = [e for e in found if self.about(e.counterexample.game)]
        least = min(map(rounds_of, found))
        return min((e for e in found if rounds_of(e) == least), key=lambda e: len(line(e)))


def rounds_of(exhibit: Exhibit) -> int:
    """The rounds of its game."""
    return exhibit.counterexample.game.horizon


def as_printed(game: ExactGame) -> bool:
    """Whether the algorithm is that of the paper."""
    return game.recurrence == ADAL


def large(game: ExactGame) -> bool:
    """Whether ||g_t||_1 >= 1 in every round, for the algorithm of the paper."""
    linear = as_printed(game) and isinstance(game, LinearGame)
    return linear and all(sum(map(abs, game.row(t))) >= 1 for t in range(1, game.horizon + 1))


def with_maximum(game: ExactGame) -> bool:
    """Whether the second moment is the largest so far, in one of the three orders."""
    return game.recurrence in FORMS.values()


FIRST, SECOND = PAPER.statements
A_B_C = tuple(reading.key for reading in THEOREM1.readings)
SAME = "The same."
ROWS = (
    Row(f"{FIRST.name}: {FIRST.says}", THEOREM1, A_B_C, FIRST.instead, as_printed),
    Row(f"{FIRST.name} where `||g_t||_1 >= 1` in every round", THEOREM1, A_B_C, SAME, large),
    Row(f"{FIRST.name} with AMSGrad's maximum", THEOREM1, A_B_C, SAME, with_maximum),
    Row(
        f"{SECOND.name}, prefactor `1/sqrt(T M)` or `1/(sqrt(T) M)`: {SECOND.says}",
        THEOREM2, ("sqrtTM", "sqrtT_M"), SECOND.instead, as_printed,
    ),
    Row(f"{SECOND.name}, prefactor `1/sqrt(T)`", THEOREM2, ("sqrtT",), SAME, as_printed),
)  # fmt: skip


def main() -> None:
    """Print the head of the table, the statements that fall, and the theorem that stands."""
    print("| statement | verdict | shortest certified counterexample | true instead |")
    print("|---|---|---|---|")
    for row in ROWS:
        found = {reading: row.shortest(reading) for reading in row.readings}
        first = min(found.values(), key=rounds_of)
        print_line(row.says, verdict(found), f"`{line(first)}`", row.instead)
    print_line(R.title, "**proved**" if R.status.proved else "not proved", R.status.value, "It stands.")


def verdict(found: dict[str, Exhibit]) -> str:
    """In how many rounds each reading falls."""
    rounds: dict[int, list[str]] = {}
    for reading, exhibit in found.items():
        rounds.setdefault(rounds_of(exhibit), []).append(reading)
    if len(rounds) == 1:
        every = " in every reading" if len(found) > 1 else ""
        return f"**false**{every}: {_rounds(*rounds)}"
    said = [f"{' and '.join(keys)} in {_rounds(t)}" for t, keys in sorted(rounds.items())]
    return f"**false**: {', '.join(said)}"


def line(exhibit: Exhibit) -> str:
    """The line of `regretcheck falsify`, with both sides certain."""
    sides = certain_sides(exhibit.counterexample)
    if sides is None:
        raise ValueError(f"{exhibit.name} is not certain: the table shows certified counterexamples only")
    return counterexample_line(exhibit.counterexample, *sides).removeprefix("false of ")


def print_line(*cells: str) -> None:
    """A row; a bar inside a cell does not end it."""
    print(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")


def _rounds(number: int) -> str:
    return f"{number} round{'s' if number > 1 else ''}"


if __name__ == "__main__":
    main()
