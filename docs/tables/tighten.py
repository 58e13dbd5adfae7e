"""Print the table of docs/tighten.md.

    python docs/tables/tighten.py [--evaluations N]

A few minutes on one core with the default of 1 000 000 games for each factor.
"""

from __future__ import annotations

import argparse

from bounds.tightener.factors import Factor, needed_factor, terms_of
from theory import Recurrence, Theorem
from theory.algorithms.adagrad import ADAGRAD_NO_EPS
from theory.algorithms.adal import MAXIMA
from theory.algorithms.amsgrad import AMSGRAD
from theory.algorithms.sgd import SGD, SGD_CONSTANT
from theory.theorems.adagrad import DIAGONAL
from theory.theorems.amsgrad import ALACAOGLU, SHARP
from theory.theorems.ogd import CONSTANT, SQRT
from theory.theorems.repaired import R_CORRECTED, R

TIGHT = "1 each, in one round"
CASES: tuple[tuple[Theorem, str, Recurrence, int, str], ...] = (
    (SQRT, "stated", SGD, 32, TIGHT),
    (CONSTANT, "stated", SGD_CONSTANT, 32, "1 each, at every T"),
    (SHARP, "stated", AMSGRAD, 32, f"{TIGHT} with beta1 = 0"),
    (ALACAOGLU, "stated", AMSGRAD, 32, "right side sqrt(1/2), the largest in one round"),
    *((R, "D", order, 32, f"{TIGHT} with beta1 = 0{also}") for order, also in zip(
        MAXIMA, ("", ", beta2 -> 0", ", beta2 -> 0"), strict=True
    )),
    (R_CORRECTED, "D", MAXIMA[1], 32, "not known"),
    (DIAGONAL, "D", ADAGRAD_NO_EPS, 1000, "right side .98, the largest seen"),
)  # fmt: skip
"""The theorem, its reading, the algorithm, the most rounds, and the factors known without a search."""


def cell(found: Factor) -> str:
    """The factor that some game needs, and the rounds of the game."""
    if found.lower is None or found.shown is None:
        return "none found"
    return f"{float(found.lower):g} (T = {found.shown.game.horizon})"


def row(theorem: Theorem, key: str, recurrence: Recurrence, rounds: int, known: str, games: int) -> str:
    """One line of the table."""
    count = len(terms_of(theorem, key))
    weights = [*(tuple(int(j == k) for j in range(count)) for k in range(count)), (1,) * count]
    cells = [
        cell(needed_factor(theorem, key, recurrence, w, most_rounds=rounds, evaluations=games))
        for w in weights
    ]
    return f"| `{theorem.id}.{key}` | {recurrence.name} | {' | '.join(cells)} | {known} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=1_000_000)
    games = parser.parse_args().evaluations
    print("| statement | algorithm | first term | second term | right side | known |")
    print("|---|---|---|---|---|---|")
    for case in CASES:
        print(row(*case, games), flush=True)


if __name__ == "__main__":
    main()
